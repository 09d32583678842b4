using System.Text.Json;
using SoraCluster.Gateway.Errors;

namespace SoraCluster.Gateway.Prompts;

/// <summary>
/// Reads the JSON form: an object like <see cref="PromptScript"/> as it is told (<c>{"style": …, "shots": [{"scene": …, "beats": [{"start": 0, …}]}]}</c>),
/// or only the list of shots. A shot may say <c>seconds</c> instead of its times: it then begins where the one before ends.
/// </summary>
internal static class ShotListReader
{
    private const int MaxShots = 64;
    private const int MaxBeats = 256;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static bool IsShotList(string text)
    {
        var start = text.AsSpan().TrimStart();
        return start.StartsWith("{", StringComparison.Ordinal)
            || (start.StartsWith("[", StringComparison.Ordinal) && start[1..].TrimStart().StartsWith("{", StringComparison.Ordinal));
    }

    /// <exception cref="Refusal">It is not such a list; the place is named.</exception>
    public static PromptScript Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? new PromptScript(null, null, null, Shots(document.RootElement, "shots"))
                : Script(document.RootElement);
        }
        catch (JsonException e)
        {
            throw Refusals.BadShotList(
                $"it is not valid JSON at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}",
                $"{(e.LineNumber ?? 0) + 1} 行目 {(e.BytePositionInLine ?? 0) + 1} バイト目で JSON として正しくありません");
        }
        catch (InvalidOperationException)
        {
            throw Refusals.BadShotList("it holds text that is not valid Unicode", "Unicode として正しくない文字列が含まれています");
        }
    }

    private static PromptScript Script(JsonElement root)
    {
        AllowOnly(root, "", "title", "style", "preset", "shots");
        return root.TryGetProperty("shots", out var shots)
            ? new PromptScript(Text(root, "", "title"), Text(root, "", "style"), Text(root, "", "preset"), Shots(shots, "shots"))
            : throw Refusals.BadShotList("it has no 'shots'", "'shots' がありません");
    }

    private static IReadOnlyList<PromptShot> Shots(JsonElement list, string path)
    {
        CheckList(list, path, 1, MaxShots);
        var shots = new List<PromptShot>();
        var at = 0.0;
        var beats = 0;
        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            var shot = Shot(item, $"{path}[{index}]", at);
            beats += shot.Beats.Count;
            if (beats > MaxBeats)
            {
                throw Refusals.BadShotList($"it has more than {MaxBeats} beats", $"ビートが {MaxBeats} を超えています");
            }

            shots.Add(shot);
            at = shot.End ?? at;
        }

        return shots;
    }

    private static PromptShot Shot(JsonElement item, string path, double after)
    {
        AllowOnly(
            item, path, "start", "end", "seconds", "camera", "scene", "subject", "lighting", "action", "prompt", "beats", "audio", "grade", "tempo");
        var (start, end, length) = (Seconds(item, path, "start"), Seconds(item, path, "end"), Seconds(item, path, "seconds"));
        if (length is { } seconds)
        {
            (start, end) = end is null
                ? (start ?? after, (start ?? after) + seconds)
                : throw Refusals.BadShotList($"{path} says both 'end' and 'seconds'", $"{path} に 'end' と 'seconds' の両方があります");
        }

        if (start >= end)
        {
            throw Refusals.BadShotList($"{path} ends before it begins", $"{path} の終わりが始まりより前です");
        }

        if (start < after)
        {
            throw Refusals.BadShotList($"{path} begins before the one above it has ended", $"{path} が前のショットの終わりより前に始まっています");
        }

        return new PromptShot
        {
            Start = start,
            End = end,
            Camera = Text(item, path, "camera"),
            Scene = Text(item, path, "scene"),
            Subject = Text(item, path, "subject"),
            Lighting = Text(item, path, "lighting"),
            Action = Text(item, path, "action") ?? Text(item, path, "prompt"),
            Beats = item.TryGetProperty("beats", out var beats) && beats.ValueKind != JsonValueKind.Null
                ? Beats(beats, $"{path}.beats", start ?? 0, end)
                : [],
            Audio = Text(item, path, "audio"),
            Grade = Text(item, path, "grade"),
            Tempo = Text(item, path, "tempo"),
        };
    }

    private static List<PromptBeat> Beats(JsonElement list, string path, double from, double? until)
    {
        CheckList(list, path, 0, MaxBeats);
        var beats = new List<PromptBeat>();
        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            var here = $"{path}[{index}]";
            AllowOnly(item, here, "start", "end", "text");
            var start = Seconds(item, here, "start") ?? throw Refusals.BadShotList($"{here} has no 'start'", $"{here} に 'start' がありません");
            var end = Seconds(item, here, "end");
            if (start < from || end <= start || (end ?? start) > until)
            {
                throw Refusals.BadShotList($"the time of {here} is out of order", $"{here} の時刻の順序が正しくありません");
            }

            beats.Add(new PromptBeat(
                start, end, Text(item, here, "text") ?? throw Refusals.BadShotList($"{here} has no 'text'", $"{here} に 'text' がありません")));
            from = end ?? start;
        }

        return beats;
    }

    private static void CheckList(JsonElement list, string path, int least, int most)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() < least || list.GetArrayLength() > most)
        {
            throw Refusals.BadShotList($"{path} must be a list of {least} to {most}", $"{path} は {least} から {most} 個の配列でなければなりません");
        }
    }

    private static void AllowOnly(JsonElement item, string path, params ReadOnlySpan<string> names)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw Refusals.BadShotList($"{path} must be an object", $"{path} はオブジェクトでなければなりません");
        }

        foreach (var property in item.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                var known = string.Join(", ", names.ToArray());
                throw Refusals.BadShotList(
                    $"{Place(path, property.Name)} is not known; there are: {known}", $"{Place(path, property.Name)} は使えません。使えるのは {known} です");
            }
        }
    }

    private static string? Text(JsonElement item, string path, string name)
    {
        if (!item.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw Refusals.BadShotList($"{Place(path, name)} must be a string", $"{Place(path, name)} は文字列でなければなりません");
        }

        return value.GetString() is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;
    }

    private static double? Seconds(JsonElement item, string path, string name)
    {
        if (!item.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and <= 86400
            ? seconds
            : throw Refusals.BadShotList($"{Place(path, name)} must be a number of seconds", $"{Place(path, name)} は秒数でなければなりません");
    }

    private static string Place(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
