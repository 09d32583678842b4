using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace SoraCluster.Media;

/// <summary>
/// Makes clean media of what a stranger sends. Its type is told by its bytes and its size and length are checked before anything
/// is decoded; then it is decoded, in a child process with limits on time and memory, and encoded anew: what comes out has the
/// picture and the sound, and none of the metadata, further streams or bytes at the end that came in.
/// </summary>
/// <exception cref="ValidationException">An option is out of range.</exception>
public sealed class UploadCleaner(MediaOptions options, TimeProvider clock) : IDisposable
{
    /// <summary>A clean clip's longer side, in pixels; nothing larger is ever made of it.</summary>
    private const int LongestSide = 1920;

    /// <summary>Signs, in ffmpeg's words, that the memory limit was met.</summary>
    private static readonly string[] MemorySigns = ["Cannot allocate memory", "get_buffer() failed", "Resource temporarily unavailable", "failed to map segment"];

    private readonly MediaOptions options = options.Checked();
    private readonly ClipProbe probe = new(options, clock);
    private readonly SemaphoreSlim places = new(options.Uploads.AtOnce);

    private UploadLimits Limits => options.Uploads;

    /// <param name="file">What was sent.</param>
    /// <param name="kind">What it has to be.</param>
    /// <param name="target">Where the clean copy goes, in a folder that exists: PNG for a picture, MP4 for a clip.</param>
    /// <param name="cancellation">Kills the child process.</param>
    /// <exception cref="MediaException">
    /// <see cref="MediaFailure.UnknownFormat"/>, <see cref="MediaFailure.TooManyPixels"/>, <see cref="MediaFailure.TooLong"/>,
    /// <see cref="MediaFailure.TooCostly"/> or <see cref="MediaFailure.InvalidInput"/> (damaged); or as the tool fared.
    /// </exception>
    /// <returns>How long the clean copy of a clip is; zero for a picture.</returns>
    public async Task<TimeSpan> CleanAsync(string file, UploadKind kind, string target, CancellationToken cancellation = default)
    {
        await places.WaitAsync(cancellation);
        try
        {
            var format = await FormatAsync(file, kind, cancellation);
            using var work = WorkFolder.Create(target);
            var length = TimeSpan.Zero;
            if (kind is UploadKind.Picture)
            {
                await DecodeAsync(file, format, PictureOutput(work.File("clean")), work, cancellation);
            }
            else
            {
                length = await CleanClipAsync(file, format, work, cancellation);
            }

            work.Publish("clean", target);
            return length;
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();

    /// <summary>The type by the first bytes; and of a picture, the size.</summary>
    private async Task<UploadFormat> FormatAsync(string file, UploadKind kind, CancellationToken cancellation)
    {
        await using var bytes = File.OpenRead(file);
        var head = new byte[UploadFormat.HeadLength];
        var length = await bytes.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation);
        if (UploadFormat.Of(head.AsSpan(0, length)) is not { } format || format.Kind != kind)
        {
            throw new MediaException(MediaFailure.UnknownFormat, $"An uploaded file is no {kind} of a type that is read.");
        }

        if (kind is UploadKind.Picture)
        {
            bytes.Position = 0;
            var (width, height) = await PictureHeader.ReadAsync(bytes, cancellation)
                ?? throw new MediaException(MediaFailure.InvalidInput, "An uploaded picture has no header that can be read.");
            CheckPixels(kind, width, height);
        }

        return format;
    }

    private async Task<TimeSpan> CleanClipAsync(string file, UploadFormat format, WorkFolder work, CancellationToken cancellation)
    {
        var said = await GuardAsync(() => probe.ProbeAsync(file, ["-f", format.Demuxer, .. Decoding(format)], Child, cancellation));
        var picture = said.Picture ?? throw new MediaException(MediaFailure.InvalidInput, "An uploaded clip has no moving picture.");
        CheckPixels(UploadKind.Clip, picture.Width, picture.Height);
        CheckLength(said.Duration);
        await DecodeAsync(file, format, ClipOutput(work.File("clean")), work, cancellation);

        // A file may hold more, or less, than it says.
        var held = await probe.ProbeAsync(work.File("clean"), cancellation);
        CheckLength(held.Duration);
        var promised = picture.Duration > TimeSpan.Zero ? picture.Duration : said.Duration;
        if (held.Picture is not { } clean || clean.Duration < promised * 0.9 - TimeSpan.FromSeconds(0.5))
        {
            throw new MediaException(MediaFailure.InvalidInput, "An uploaded clip holds less than it says, or nothing: it ends early.");
        }

        return clean.Duration;
    }

    private async Task DecodeAsync(string file, UploadFormat format, string[] output, WorkFolder work, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-xerror", "-y",
            "-protocol_whitelist", "file", .. Decoding(format), "-f", format.Demuxer, "-i", "file:" + Path.GetFullPath(file),
            "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-threads", "1", .. output,
        ];
        await GuardAsync(async () =>
        {
            await using var run = ChildProcess.Start(
                FfmpegLocator.Locate(options).Ffmpeg, arguments, work.Path, options, clock, null, cancellation, Child);
            return await run.FinishAsync();
        });
    }

    private string[] Decoding(UploadFormat format) =>
    [
        "-threads", "1", "-max_pixels", Limits.Pixels(format.Kind).ToString(CultureInfo.InvariantCulture), "-codec_whitelist", format.Decoders,
        .. format.Kind is UploadKind.Picture ? ["-err_detect", "explode"] : Array.Empty<string>(), // half a photograph is no photograph
    ];

    private static string[] PictureOutput(string file) =>
    [
        "-map", "0:v:0", "-frames:v", "1", "-vf", "sidedata=mode=delete,format=rgb24",
        "-c:v", "png", "-flags:v", "+bitexact", "-f", "image2pipe", "file:" + file,
    ];

    private string[] ClipOutput(string file) =>
    [
        "-map", "0:v:0", "-map", "0:a:0?", "-sn", "-dn",
        "-t", (Limits.ClipLength + TimeSpan.FromSeconds(1)).TotalSeconds.ToString(CultureInfo.InvariantCulture),
        "-vf", $"sidedata=mode=delete,scale='min({LongestSide},iw)':'min({LongestSide},ih)':force_original_aspect_ratio=decrease:force_divisible_by=2,format=yuv420p",
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-flags:v", "+bitexact",
        "-c:a", "aac", "-b:a", "192k", "-flags:a", "+bitexact", "-movflags", "+faststart", "-f", "mp4", "file:" + file,
    ];

    private ChildLimits Child => new(Limits.Time, Limits.Memory);

    private void CheckPixels(UploadKind kind, int width, int height)
    {
        if ((long)width * height > Limits.Pixels(kind))
        {
            throw new MediaException(MediaFailure.TooManyPixels, $"An uploaded {kind} is {width} x {height} pixels large; at most {Limits.Pixels(kind)} are read.");
        }
    }

    private void CheckLength(TimeSpan length)
    {
        if (length > Limits.ClipLength + TimeSpan.FromSeconds(0.1))
        {
            throw new MediaException(
                MediaFailure.TooLong, $"An uploaded clip is {length.TotalSeconds:0.0} s long; at most {Limits.ClipLength.TotalSeconds:0} s are read.");
        }
    }

    /// <summary>Tells a limit that was met from a file that is damaged.</summary>
    private static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (MediaException e) when (e.Message.Contains("exceeds specified max pixel count", StringComparison.Ordinal))
        {
            throw new MediaException(MediaFailure.TooManyPixels, $"An uploaded file has frames that are too large: {e.Message}", e);
        }
        catch (MediaException e) when (e.Failure is MediaFailure.Stalled
            || (e.Failure is MediaFailure.ToolFailed or MediaFailure.InvalidInput && MemorySigns.Any(sign => e.Message.Contains(sign, StringComparison.Ordinal))))
        {
            throw new MediaException(MediaFailure.TooCostly, $"An uploaded file asks for more time or memory than it may have: {e.Message}", e);
        }
        catch (MediaException e) when (e.Failure is MediaFailure.ToolFailed)
        {
            throw new MediaException(MediaFailure.InvalidInput, $"An uploaded file cannot be decoded: {e.Message}", e);
        }
    }
}
