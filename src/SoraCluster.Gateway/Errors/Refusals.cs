using Microsoft.AspNetCore.Http;
using SoraCluster.Domain.Errors;

namespace SoraCluster.Gateway.Errors;

/// <summary>Refusals of the request as such: route, body, fields. Those about clips are in the other part.</summary>
internal static partial class Refusals
{
    /// <summary>What a client sent is quoted back at most this long.</summary>
    private const int QuoteLength = 64;

    public static Refusal NoSuchRoute(HttpRequest request) => new(
        SoraErrorCode.NotFound,
        new Said(
            $"There is no call {request.Method} {Quote(request.Path)}. GET /openapi.json tells those there are.",
            $"{request.Method} {Quote(request.Path)} という呼び出しはありません。使える呼び出しは GET /openapi.json にあります。"));

    public static Refusal MethodNotAllowed(HttpRequest request, string allowed) => new(
        SoraErrorCode.InvalidRequest,
        new Said(
            $"{Quote(request.Path)} does not take {request.Method}. Use {allowed}.",
            $"{Quote(request.Path)} では {request.Method} は使えません。{allowed} を使ってください。"));

    public static Refusal UnreadableRequest() => new(
        SoraErrorCode.InvalidRequest,
        new Said("The request could not be read as HTTP. Check its headers and that its body is complete.",
            "リクエストを HTTP として読み取れませんでした。ヘッダーと、本文が最後まで送られているかを確認してください。"));

    public static Refusal RangeBeyondEnd() => new(
        SoraErrorCode.InvalidRequest,
        new Said("The Range lies beyond the end of the content; Content-Range tells its length. Ask for a part within it.",
            "Range が内容の終わりを超えています。長さは Content-Range にあります。その範囲内を指定してください。"));

    public static Refusal BodyTooLarge(long? limit) => new(
        SoraErrorCode.FileTooLarge,
        limit is { } bytes
            ? new Said($"The request body is larger than {Size(bytes)}. Send a smaller file.",
                $"リクエスト本文が {Size(bytes)} を超えています。もっと小さいファイルを送ってください。")
            : new Said("The request body is too large. Send a smaller file.",
                "リクエスト本文が大きすぎます。もっと小さいファイルを送ってください。"));

    public static Refusal UnsupportedBody(string? contentType) => new(
        SoraErrorCode.UnsupportedMedia,
        new Said(
            $"The Content-Type {Quote(contentType ?? "(none)")} is not read here. Send application/json (UTF-8) or multipart/form-data.",
            $"Content-Type {Quote(contentType ?? "(なし)")} には対応していません。application/json (UTF-8) か multipart/form-data で送ってください。"));

    public static Refusal MalformedJson(string english, string japanese, Exception? inner = null) => new(
        SoraErrorCode.InvalidRequest,
        new Said($"The body is not valid JSON for this call: {english}. Correct it and send it again.",
            $"本文がこの呼び出しの正しい JSON ではありません: {japanese}。直して送り直してください。"),
        inner: inner);

    public static Refusal MalformedMultipart(string english, string japanese, Exception? inner = null) => new(
        SoraErrorCode.InvalidRequest,
        new Said($"The multipart body is malformed: {english}. Let an HTTP library build it, and send it whole.",
            $"multipart の本文が壊れています: {japanese}。HTTP ライブラリーで組み立て、最後まで送ってください。"),
        inner: inner);

    public static Refusal TooManyFields(int limit) => new(
        SoraErrorCode.InvalidRequest,
        new Said($"The body has more than {limit} fields. Send fewer.", $"本文の項目が {limit} 個を超えています。減らしてください。"));

    public static Refusal DuplicateField(string name) => Invalid(
        name, $"{Quote(name)} is given twice; give it once.", $"{Quote(name)} が二度指定されています。一度だけ指定してください。");

    public static Refusal NoFileHere(string name) => Invalid(
        name, $"{Quote(name)} was sent as a file; this call takes none. Send it as text.",
        $"{Quote(name)} がファイルとして送られましたが、この呼び出しではファイルを受け取りません。テキストとして送ってください。");

    public static Refusal UnknownField(string name, IEnumerable<string> known) => Invalid(
        name,
        $"There is no parameter {Quote(name)} here. The parameters are: {string.Join(", ", known)}.",
        $"{Quote(name)} というパラメーターはありません。使えるのは {string.Join(", ", known)} です。");

    public static Refusal WrongType(string name, string english, string japanese) => Invalid(
        name, $"{name} must be {english}.", $"{name} は{Spaced(japanese)}でなければなりません。");

    public static Refusal OutOfRange(string name, string english, string japanese, string value) => Invalid(
        name, $"{name} must be {english}; {Quote(value)} was sent.", $"{name} は{Spaced(japanese)}でなければなりません ({Quote(value)} が送られました)。");

    public static Refusal TooLong(string name, int limit) => Invalid(
        name, $"{Quote(name)} is longer than {Size(limit)}. Shorten it.", $"{Quote(name)} が {Size(limit)} を超えています。短くしてください。");

    public static Refusal Missing(string name) => Invalid(
        name, $"{name} is required and must not be empty. Add it and send the request again.",
        $"{name} は必須です。空にはできません。指定して送り直してください。");

    public static Refusal Internal(string requestId) => new(
        SoraErrorCode.Internal,
        new Said($"Something went wrong on our side. Try again; if it happens again, give the operator this request id: {requestId}.",
            $"サーバー側で問題が起きました。もう一度お試しください。続く場合は運営者にリクエスト ID {requestId} を伝えてください。"));

    public static Refusal StoreFailed(DateTimeOffset retryAt) => new(
        SoraErrorCode.StorageFailed,
        new Said("The storage is full or cannot be reached, so nothing was changed. Try again later or tell the operator.",
            "ストレージがいっぱいか、つながりません。何も変更されていません。後でもう一度試すか、運営者に知らせてください。"),
        retryAt: retryAt);

    /// <summary>What an entity or a port raised, which says it in English only, for a Japanese reader.</summary>
    public static string InJapanese(SoraErrorCode code) => code switch
    {
        SoraErrorCode.InvalidRequest => "リクエストの内容が正しくありません。パラメーターを確認して送り直してください。",
        SoraErrorCode.UnsupportedByModel => "このモデルはその操作に対応していません。GET /v1/models で対応する操作を確認してください。",
        SoraErrorCode.InvalidApiKey => "この API キーは使えません。正しく写したか確認するか、運営者に新しいキーを求めてください。",
        SoraErrorCode.PermissionDenied => "この操作は許可されていません。必要な権限を運営者に確認してください。",
        SoraErrorCode.NotFound => "見つかりません。ID を確認してください。",
        SoraErrorCode.IdempotencyConflict => "この Idempotency-Key は別のリクエスト、または削除された動画で使われています。新しいキーを使ってください。",
        SoraErrorCode.Conflict => "現在の状態ではこの操作はできません。状態を確認して、もう一度お試しください。",
        SoraErrorCode.FileTooLarge => "ファイルが大きすぎます。小さくして送り直してください。",
        SoraErrorCode.UnsupportedMedia => "この形式には対応していません。別の形式で送り直してください。",
        SoraErrorCode.ModerationBlocked => "利用方針に反する内容のため、作成できません。プロンプトを変えてお試しください。",
        SoraErrorCode.RateLimitExceeded => "上限に達しています。後でもう一度お試しください。",
        SoraErrorCode.Overloaded => "サーバーが混み合っているか、一部が応答していません。数秒後にもう一度お試しください。",
        SoraErrorCode.Cancelled => "取り消されました。必要なら新しく作成してください。",
        SoraErrorCode.OutOfMemory => "メモリーが足りませんでした。短い動画や小さい動画でお試しください。",
        SoraErrorCode.StorageFailed => "ストレージがいっぱいか、応答していません。後でもう一度試すか、運営者に知らせてください。",
        SoraErrorCode.MediaFailed => "動画の変換に失敗しました。もう一度試し、続く場合は運営者に知らせてください。",
        SoraErrorCode.WorkerFailed => "動画の生成に失敗しました。もう一度試し、続く場合は運営者に知らせてください。",
        _ => "サーバー側で問題が起きました。もう一度試し、続く場合は運営者に知らせてください。",
    };

    /// <summary>Between Japanese and Latin letters there is a space; between Japanese ones there is none.</summary>
    private static string Spaced(string words) =>
        (char.IsAscii(words[0]) ? " " : "") + words + (char.IsAscii(words[^1]) ? " " : "");

    private static Refusal Invalid(string? param, string english, string japanese) =>
        new(SoraErrorCode.InvalidRequest, new Said(english, japanese), param);

    /// <summary>A client's text as part of a sentence: short, on one line, without control characters.</summary>
    private static string Quote(string? text)
    {
        var shown = (text ?? "").Length > QuoteLength ? text![..QuoteLength] + "…" : text ?? "";
        return "'" + string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c)) + "'";
    }

    private static string Size(long bytes) => bytes switch
    {
        >= 1 << 20 when bytes % (1 << 20) == 0 => $"{bytes >> 20} MiB",
        >= 1 << 10 when bytes % (1 << 10) == 0 => $"{bytes >> 10} kB",
        _ => $"{bytes} B",
    };
}
