using System.Globalization;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Models;
using SoraCluster.Domain.Users;

namespace SoraCluster.Gateway.Errors;

/// <summary>Refusals about clips, models, keys and limits.</summary>
internal static partial class Refusals
{
    public static Refusal NoSuchVideo(string id) => new(
        SoraErrorCode.NotFound,
        new Said($"There is no video {Quote(id)} of yours. It may have been deleted or have expired; GET /v1/videos lists those there are.",
            $"動画 {Quote(id)} は見つかりません。削除されたか、期限が切れた可能性があります。GET /v1/videos で一覧を確認してください。"));

    public static Refusal NoSuchCharacter(string id) => new(
        SoraErrorCode.NotFound,
        new Said($"There is no character {Quote(id)} of yours. Check the id.", $"キャラクター {Quote(id)} は見つかりません。ID を確認してください。"));

    public static Refusal NoSuchModel(string? name, IModelCatalog catalog, bool asParam)
    {
        var names = string.Join(", ", catalog.Names());
        return new(
            asParam ? SoraErrorCode.InvalidRequest : SoraErrorCode.NotFound,
            new Said($"There is no model {Quote(name)}. The models are: {names}.",
                $"モデル {Quote(name)} はありません。使えるモデルは {names} です。"),
            "model");
    }

    public static Refusal NoModels() => new(
        SoraErrorCode.Overloaded,
        new Said("No model is loaded on this server. The operator has to add a pack.",
            "このサーバーにはモデルが読み込まれていません。運営者がパックを追加する必要があります。"));

    public static Refusal NotReady(string id, string status) => Invalid(
        null,
        $"The video {id} is {status}: there is no content yet. Poll GET /v1/videos/{id} until its status is completed.",
        $"動画 {id} はまだ {status} で、内容がありません。GET /v1/videos/{id} で status が completed になるまで待ってください。");

    public static Refusal NoContent(string id, string code, Said failure) => Invalid(
        null,
        $"The video {id} has no content because it failed ({code}): {failure.English} Ask for it again.",
        $"動画 {id} は失敗したため内容がありません ({code})。{failure.Japanese}");

    public static Refusal ControlCharacter(string name, int index, char c) => Invalid(
        name,
        $"{name} holds a character that is not text (U+{(int)c:X4} at position {index}). Remove it.",
        $"{name} の {index + 1} 文字目に文字ではないもの (U+{(int)c:X4}) が含まれています。取り除いてください。");

    public static Refusal BadPrompt(int line, string english, string japanese) => Invalid(
        "prompt", $"Line {line} of the prompt: {english}.", $"プロンプトの {line} 行目: {japanese}。");

    public static Refusal BadShotList(string english, string japanese) => Invalid(
        "prompt",
        $"The prompt looks like a JSON shot list, but {english}. Correct it, or write prose.",
        $"プロンプトは JSON のショットリストのようですが、{japanese}。直すか、文章で書いてください。");

    public static Refusal BeyondEnd(double time, int seconds) => Invalid(
        "prompt",
        string.Create(CultureInfo.InvariantCulture, $"The prompt tells of second {time}, but the clip is {seconds} s long. Ask for a longer one with 'seconds', or move the time."),
        string.Create(CultureInfo.InvariantCulture, $"プロンプトに {time} 秒の記述がありますが、動画は {seconds} 秒です。seconds を長くするか、時刻を直してください。"));

    public static Refusal NothingToShow() => Invalid(
        "prompt", "The prompt has labels but says nothing to show. Write a scene, a subject or an action.",
        "プロンプトに見出しはありますが、映す内容がありません。場面、被写体、動作のいずれかを書いてください。");

    public static Refusal NoSuchPreset(string name, IEnumerable<string> known) => Invalid(
        "preset", $"There is no preset {Quote(name)}. The presets are: {string.Join(", ", known)}.",
        $"プリセット {Quote(name)} はありません。使えるのは {string.Join(", ", known)} です。");

    public static Refusal NoPresetOfYours(string name) => new(
        SoraErrorCode.NotFound,
        new Said($"You have made no preset {Quote(name)}; only your own can be deleted. GET /v1/presets lists them with origin yours.",
            $"{Quote(name)} というプリセットは作成されていません。削除できるのは自分で作ったものだけです。GET /v1/presets で origin が yours のものを確認してください。"));

    public static Refusal BadPresetName(string name, int longest) => Invalid(
        "id",
        $"A preset's name is 1 to {longest} letters, digits, '-', '_' or '.'; {Quote(name)} was sent. Choose another one.",
        $"プリセットの名前は、文字、数字、'-'、'_'、'.' からなる 1 から {longest} 文字です ({Quote(name)} が送られました)。別の名前にしてください。");

    public static Refusal EmptyPreset() => Invalid(
        null, "The preset says nothing. Give at least one of style, camera, scene, lighting, audio, grade and tempo.",
        "プリセットの内容がありません。style、camera、scene、lighting、audio、grade、tempo のうち少なくとも一つを指定してください。");

    public static Refusal TooManyPresets(int limit) => new(
        SoraErrorCode.Conflict,
        new Said($"You have {limit} presets already, which is the limit. Delete one first.",
            $"プリセットはすでに上限の {limit} 個あります。先に一つ削除してください。"));

    public static Refusal BadSeconds(string value, ModelInfo model) => Invalid(
        "seconds",
        $"{model.Id} makes clips of {Lengths(model.Seconds, " to ")} seconds; {Quote(value)} was sent. Choose one of these lengths.",
        $"{model.Id} が作れる長さは {Lengths(model.Seconds, " から ")} 秒です ({Quote(value)} が送られました)。この中から選んでください。");

    public static Refusal BadSize(string value, ModelInfo model) => Invalid(
        "size",
        $"size must be WIDTHxHEIGHT with even sides from 16 to {model.MaxSide} and at most {Count(model.MaxPixels)} pixels, "
        + $"such as {model.DefaultSize}; {Quote(value)} was sent.",
        $"size は「幅x高さ」の形で、各辺は 16 から {model.MaxSide} までの偶数、全体で {Count(model.MaxPixels)} 画素まで (例: {model.DefaultSize}) です ({Quote(value)} が送られました)。");

    public static Refusal SizeNotNative(string value, ModelInfo model) => Invalid(
        "size",
        $"{model.Id} makes {string.Join(", ", model.NativeSizes)} and scales to no other size here; {Quote(value)} was sent. Choose one of these.",
        $"{model.Id} が作れる大きさは {string.Join(", ", model.NativeSizes)} だけです ({Quote(value)} が送られました)。この中から選んでください。");

    public static Refusal NegativeWithoutGuidance() => Invalid(
        "negative_prompt",
        "A negative_prompt does nothing at guidance_scale 1. Ask for a guidance_scale above 1, or leave negative_prompt out.",
        "guidance_scale が 1 のとき、negative_prompt は効きません。guidance_scale を 1 より大きくするか、negative_prompt を外してください。");

    public static Refusal Unsupported(ModelInfo model, string param, string english, string japanese) => new(
        SoraErrorCode.UnsupportedByModel,
        new Said($"{model.Id} {english}", $"{model.Id} は{japanese}"),
        param);

    public static Refusal SourceNotCompleted(string id, string status) => Invalid(
        "video",
        $"The video {id} is {status}; only a completed one can be built upon. Wait until its status is completed.",
        $"動画 {id} は {status} です。完成した動画だけを元にできます。status が completed になるまで待ってください。");

    public static Refusal TooLongInAll(int total, ModelInfo model) => Invalid(
        "seconds",
        $"The extended clip would be {total} seconds long; {model.Id} makes at most {model.Seconds[^1]}. Add fewer seconds.",
        $"延長すると {total} 秒になります。{model.Id} が作れるのは {model.Seconds[^1]} 秒までです。追加する秒数を減らしてください。");

    public static Refusal TooShortToLoop(int seconds, ModelInfo model) => Invalid(
        "video",
        $"The video is {seconds} s long; {model.Id} needs at least {Math.Ceiling(model.WindowStrideSeconds)} s to lead a clip back to its beginning. "
        + "Extend it first, or loop a longer one.",
        $"この動画は {seconds} 秒です。{model.Id} が始めに戻る動画を作るには {Math.Ceiling(model.WindowStrideSeconds)} 秒以上が必要です。先に延長するか、もっと長い動画を使ってください。");

    public static Refusal UploadedLength(double seconds, ModelInfo model) => Invalid(
        "video",
        $"The uploaded clip is {Tenths(seconds)} s long; {model.Id} takes clips of {model.Seconds[0]} to {model.Seconds[^1]} s. Send one of such a length.",
        $"アップロードされた動画は {Tenths(seconds)} 秒です。{model.Id} が受け取れるのは {model.Seconds[0]} 秒から {model.Seconds[^1]} 秒までです。その長さの動画を送ってください。");

    public static Refusal TwoVideosOnly() => Invalid(
        "videos", "Exactly two videos can be blended. Send two ids; blend the result with a third.",
        "混ぜられる動画は二つだけです。ID を二つ送り、三つ目はできた動画と混ぜてください。");

    public static Refusal DifferentShapes(string first, string second) => Invalid(
        "videos",
        $"The videos {first} and {second} differ in model, size or length; only alike ones can be blended. Choose two that agree in all three.",
        $"動画 {first} と {second} はモデル、大きさ、長さのいずれかが違います。混ぜられるのは同じものどうしだけです。三つとも同じ動画を選んでください。");

    public static Refusal BadIdempotencyKey() => Invalid(
        "Idempotency-Key",
        "The Idempotency-Key must be 1 to 255 printable ASCII characters, sent once.",
        "Idempotency-Key は 1 から 255 文字の印字可能な ASCII 文字で、一つだけ送ってください。");

    public static Refusal IdempotencyConflict() => new(
        SoraErrorCode.IdempotencyConflict,
        new Said("This Idempotency-Key was used for another request. Send the same request again, or use a new key.",
            "この Idempotency-Key は別のリクエストで使われています。同じリクエストを送り直すか、新しいキーを使ってください。"),
        "Idempotency-Key");

    public static Refusal Allowance(SoraError refusal, Allowance allowance)
    {
        var next = allowance.NextSlotAt is { } at
            ? string.Create(CultureInfo.InvariantCulture, $"次の枠は {at.UtcDateTime:yyyy-MM-dd HH:mm} (UTC) に空きます。")
            : "";
        return new(refusal, $"過去 24 時間にすでに {allowance.Used} 本の動画を作成しています。後でもう一度お試しください。{next}");
    }

    public static Refusal TooManyUnderWay(SoraError refusal) =>
        new(refusal, "待機中または作成中の動画が上限に達しています。一つが完成するまで待つか、取り消してください。");

    public static Refusal TooFast(int perMinute, DateTimeOffset retryAt) => new(
        SoraErrorCode.RateLimitExceeded,
        new Said($"More than {perMinute} requests per minute were sent. Wait as long as Retry-After says.",
            $"1 分あたり {perMinute} 件を超えるリクエストが送られました。Retry-After の時間だけ待ってください。"),
        retryAt: retryAt);

    public static Refusal QueueFull(TimeSpan wait, DateTimeOffset retryAt) => new(
        SoraErrorCode.Overloaded,
        new Said($"The queue is about {Minutes(wait)} minutes long, which is more than this server accepts. Try again later.",
            $"待ち行列が約 {Minutes(wait)} 分あり、このサーバーの受付上限を超えています。後でもう一度お試しください。"),
        retryAt: retryAt);

    public static Refusal NoKey() => new(
        SoraErrorCode.InvalidApiKey,
        new Said("An API key is needed: send the header 'Authorization: Bearer sora_…'. The operator issues keys with 'sora keys'.",
            "API キーが必要です。ヘッダー 'Authorization: Bearer sora_…' を付けてください。キーは運営者が 'sora keys' で発行します。"));

    public static Refusal BadKey(string english) => new(
        SoraErrorCode.InvalidApiKey,
        new Said(english, "この API キーは使えません (未知、失効または期限切れ)。正しく写したか確認するか、運営者に新しいキーを求めてください。"));

    public static Refusal OperatorOnly() => new(
        SoraErrorCode.PermissionDenied,
        new Said("This call needs a key with the operator scope. Ask the operator.", "この呼び出しには operator 権限のあるキーが必要です。運営者に問い合わせてください。"));

    public static Refusal NoSuchKey(string id) => new(
        SoraErrorCode.NotFound,
        new Said($"There is no API key {Quote(id)}. GET /v1/keys lists those there are.", $"API キー {Quote(id)} はありません。GET /v1/keys で一覧を確認してください。"));

    public static Refusal FirstKeyMustBeOperators() => new(
        SoraErrorCode.Conflict,
        new Said("The first key must have the operator scope, or nobody could issue another. Issue that one first.",
            "最初のキーは operator 権限でなければなりません。そうでないと次のキーを誰も発行できません。先に operator のキーを発行してください。"),
        "scope");

    public static Refusal LastOperatorKey() => new(
        SoraErrorCode.Conflict,
        new Said("This is the last operator key. Issue another one first, or revoke the users' keys before it.",
            "これは最後の operator キーです。先に別の operator キーを発行するか、利用者のキーをすべて失効させてください。"));

    public static Refusal BadWebhookUrl() => Invalid(
        "url",
        "url must be an absolute https URL without user name, at a public address.",
        "url は、ユーザー名を含まない、公開アドレスの https の URL でなければなりません。");

    public static Refusal TooManyWebhooks(int limit) => new(
        SoraErrorCode.Conflict,
        new Said($"There are {limit} webhooks already, which is the limit. Delete one first.",
            $"Webhook はすでに上限の {limit} 個あります。先に一つ削除してください。"));

    public static Refusal NoSuchWebhook(string id) => new(
        SoraErrorCode.NotFound,
        new Said($"There is no webhook {Quote(id)} of yours. GET /v1/webhooks lists those there are.",
            $"Webhook {Quote(id)} はありません。GET /v1/webhooks で一覧を確認してください。"));

    public static Refusal NoSuchDeadLetter(string id) => new(
        SoraErrorCode.NotFound,
        new Said($"There is no dead letter {Quote(id)} of yours. GET /v1/webhooks/dead_letters lists those there are.",
            $"配信できなかった通知 {Quote(id)} はありません。GET /v1/webhooks/dead_letters で一覧を確認してください。"));

    private static string Lengths(IReadOnlyList<int> seconds, string to) =>
        seconds.Count > 2 && seconds[^1] - seconds[0] == seconds.Count - 1
            ? $"{seconds[0]}{to}{seconds[^1]}"
            : string.Join(", ", seconds);

    private static string Tenths(double seconds) => seconds.ToString("0.#", CultureInfo.InvariantCulture);

    private static long Minutes(TimeSpan time) => Math.Max(1, (long)Math.Round(time.TotalMinutes));
}
