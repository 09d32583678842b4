using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;

namespace SoraCluster.Media;

/// <summary>Reads what a media file says of itself, in a child process, without decoding it.</summary>
/// <exception cref="ValidationException">An option is out of range.</exception>
public sealed class ClipProbe(MediaOptions options, TimeProvider clock)
{
    private readonly MediaOptions options = options.Checked();

    /// <exception cref="MediaException">
    /// <see cref="MediaFailure.InvalidInput"/> when the file is not there or not media; else as the tool fared.
    /// </exception>
    public Task<ClipInfo> ProbeAsync(string path, CancellationToken cancellation = default) => ProbeAsync(path, [], null, cancellation);

    /// <param name="path">The file.</param>
    /// <param name="reading">Further arguments for how it is read.</param>
    /// <param name="limits">For a file that a stranger sent.</param>
    /// <param name="cancellation">Kills the tool.</param>
    internal async Task<ClipInfo> ProbeAsync(string path, string[] reading, ChildLimits? limits, CancellationToken cancellation)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new MediaException(MediaFailure.InvalidInput, $"There is no file '{path}'.");
        }

        // "file:" keeps a name with a colon or a leading dash from meaning something else; the white list keeps a playlist from
        // opening the network.
        string[] arguments =
        [
            "-v", "error", "-protocol_whitelist", "file", "-show_format", "-show_streams", "-of", "json", .. reading, "-i", "file:" + full,
        ];
        var program = FfmpegLocator.Locate(options).Ffprobe;
        await using var run = ChildProcess.Start(
            program, arguments, Path.GetDirectoryName(full)!, options, clock, null, cancellation, limits);
        string answer;
        try
        {
            answer = await run.FinishAsync();
        }
        catch (MediaException e) when (e.Failure == MediaFailure.ToolFailed)
        {
            throw new MediaException(MediaFailure.InvalidInput, $"'{path}' is not readable media: {e.Message}", e);
        }

        try
        {
            using var json = JsonDocument.Parse(answer);
            return Read(full, json.RootElement);
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new MediaException(
                MediaFailure.ToolFailed, $"{Path.GetFileName(program)} gave an answer that makes no sense.", e);
        }
    }

    private static ClipInfo Read(string path, JsonElement root)
    {
        var format = root.GetProperty("format");
        var streams = root.GetProperty("streams").EnumerateArray().ToArray();
        var picture = streams.FirstOrDefault(s => Text(s, "codec_type") == "video" && !IsCover(s));
        var sound = streams.FirstOrDefault(s => Text(s, "codec_type") == "audio");
        var tags = format.TryGetProperty("tags", out var found)
            ? found.EnumerateObject().DistinctBy(t => t.Name.ToLowerInvariant())
                .ToDictionary(t => t.Name.ToLowerInvariant(), t => t.Value.GetString() ?? "")
            : [];
        return new ClipInfo(
            path,
            new FileInfo(path).Length,
            Text(format, "format_name") ?? "",
            Seconds(format),
            picture.ValueKind == JsonValueKind.Object ? ReadPicture(picture) : null,
            sound.ValueKind == JsonValueKind.Object ? ReadSound(sound) : null,
            tags);
    }

    private static PictureInfo ReadPicture(JsonElement s) => new(
        Text(s, "codec_name") ?? "",
        Text(s, "pix_fmt") ?? "",
        s.GetProperty("width").GetInt32(),
        s.GetProperty("height").GetInt32(),
        Ratio(Text(s, "avg_frame_rate")),
        Text(s, "nb_frames") is { } count ? long.Parse(count, CultureInfo.InvariantCulture) : null,
        Seconds(s),
        Text(s, "color_space"));

    private static SoundInfo ReadSound(JsonElement s) => new(
        Text(s, "codec_name") ?? "",
        int.Parse(Text(s, "sample_rate") ?? "0", CultureInfo.InvariantCulture),
        s.GetProperty("channels").GetInt32(),
        Seconds(s));

    private static bool IsCover(JsonElement s) =>
        s.TryGetProperty("disposition", out var d) && d.TryGetProperty("attached_pic", out var cover) && cover.GetInt32() != 0;

    private static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static TimeSpan Seconds(JsonElement e) =>
        decimal.TryParse(Text(e, "duration"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond))
            : TimeSpan.Zero;

    private static double Ratio(string? text)
    {
        var parts = (text ?? "0/0").Split('/').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return parts is [var n, not 0 and var d] ? n / d : 0;
    }
}
