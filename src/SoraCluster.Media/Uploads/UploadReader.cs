using System.Globalization;

namespace SoraCluster.Media;

/// <summary>
/// The pixels and samples of what <see cref="UploadCleaner"/> has made clean: its middle, cut to a shape and scaled. ffmpeg does it, in a child process with
/// the limits of an upload. Safe to use from several threads at once.
/// </summary>
/// <param name="options">The upload limits.</param>
/// <param name="folder">A folder that exists, for temporary files.</param>
/// <param name="clock">For the limit on time.</param>
public sealed class UploadReader(MediaOptions options, string folder, TimeProvider clock)
{
    private readonly MediaOptions options = options.Checked();
    private readonly ClipProbe probe = new(options, clock);

    /// <param name="png">Read to its end.</param>
    /// <param name="width">Pixels wanted.</param>
    /// <param name="height">Pixels wanted.</param>
    /// <param name="cancellation">Kills the child process.</param>
    /// <returns>RGB24, <c>[height, width, 3]</c>.</returns>
    /// <exception cref="MediaException"><see cref="MediaFailure.InvalidInput"/> for what is no PNG; or as the tool fared.</exception>
    public async Task<byte[]> ReadPictureAsync(Stream png, int width, int height, CancellationToken cancellation = default)
    {
        using var work = WorkFolder.Create(Path.Combine(folder, "upload"));
        var source = await CopyAsync(png, work, "picture.png", cancellation);
        var rgb = await DecodeAsync(
            work, UploadKind.Picture, ["-codec_whitelist", "png", "-f", "png_pipe", "-i", source], [.. Pixels(Fit(width, height)), "-frames:v", "1"], cancellation);
        return rgb.Length == width * height * 3
            ? rgb
            : throw new MediaException(MediaFailure.InvalidInput, $"A picture cannot be read: it gave {rgb.Length} bytes of {width} x {height} pixels.");
    }

    /// <param name="mp4">Read to its end.</param>
    /// <param name="width">Pixels wanted.</param>
    /// <param name="height">Pixels wanted.</param>
    /// <param name="frameRate">Frames per second wanted.</param>
    /// <param name="frames">Frames wanted: where the clip has fewer, its last one goes on.</param>
    /// <param name="sampleRate">Sound samples per second wanted; 0 for none.</param>
    /// <param name="cancellation">Kills the child process.</param>
    /// <returns>
    /// RGB24 <c>[frames, height, width, 3]</c>, and mono samples in [-1, 1] of the same duration, silent where the clip has no sound.
    /// </returns>
    /// <exception cref="MediaException"><see cref="MediaFailure.InvalidInput"/> for what is no MP4 with a moving picture; or as the tool fared.</exception>
    public async Task<(byte[] Rgb, float[] Samples)> ReadClipAsync(
        Stream mp4, int width, int height, int frameRate, int frames, int sampleRate, CancellationToken cancellation = default)
    {
        using var work = WorkFolder.Create(Path.Combine(folder, "upload"));
        var source = await CopyAsync(mp4, work, "clip.mp4", cancellation);
        string[] input = ["-codec_whitelist", "h264,aac", "-f", "mov", "-i", source];
        var rate = $"fps={frameRate.ToString(CultureInfo.InvariantCulture)}";
        var rgb = await DecodeAsync(
            work, UploadKind.Clip, input,
            [.. Pixels($"{rate},{Fit(width, height)}"), "-frames:v", frames.ToString(CultureInfo.InvariantCulture)], cancellation);
        var frame = width * height * 3;
        if (rgb.Length < frame || rgb.Length % frame != 0)
        {
            throw new MediaException(MediaFailure.InvalidInput, $"A clip cannot be read: it gave {rgb.Length} bytes of {width} x {height} pixels.");
        }

        var samples = new float[(long)frames * sampleRate / frameRate];
        if (sampleRate > 0 && (await probe.ProbeAsync(work.File("clip.mp4"), cancellation)).Sound is not null)
        {
            string[] sound = ["-map", "0:a:0", "-ac", "1", "-ar", sampleRate.ToString(CultureInfo.InvariantCulture), "-c:a", "pcm_f32le", "-f", "f32le"];
            var bytes = await DecodeAsync(work, UploadKind.Clip, input, sound, cancellation);
            Buffer.BlockCopy(bytes, 0, samples, 0, Math.Min(bytes.Length, samples.Length * sizeof(float)));
        }

        return (Lengthened(rgb, frame, frames), samples);
    }

    private static async Task<string> CopyAsync(Stream upload, WorkFolder work, string name, CancellationToken cancellation)
    {
        await using var file = File.Create(work.File(name));
        await upload.CopyToAsync(file, cancellation);
        return "file:" + work.File(name);
    }

    private static string Fit(int width, int height) => string.Create(
        CultureInfo.InvariantCulture,
        $"scale={width}:{height}:force_original_aspect_ratio=increase:flags=area+accurate_rnd+full_chroma_int+bitexact,crop={width}:{height},format=rgb24");

    private static string[] Pixels(string filter) => ["-map", "0:v:0", "-vf", filter, "-c:v", "rawvideo", "-f", "rawvideo"];

    private static byte[] Lengthened(byte[] rgb, int frame, int frames)
    {
        var had = rgb.Length;
        Array.Resize(ref rgb, frame * frames);
        for (var at = had; at < rgb.Length; at += frame)
        {
            rgb.AsSpan(had - frame, frame).CopyTo(rgb.AsSpan(at));
        }

        return rgb;
    }

    /// <summary>What the tool writes for these arguments.</summary>
    private async Task<byte[]> DecodeAsync(WorkFolder work, UploadKind kind, string[] input, string[] output, CancellationToken cancellation)
    {
        var raw = work.File("raw");
        string[] arguments =
        [
            "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-xerror", "-y", "-protocol_whitelist", "file",
            "-threads", "1", "-max_pixels", options.Uploads.Pixels(kind).ToString(CultureInfo.InvariantCulture), .. input, .. output, "file:" + raw,
        ];
        await using var run = ChildProcess.Start(
            FfmpegLocator.Locate(options).Ffmpeg, arguments, work.Path, options, clock, null, cancellation, new ChildLimits(options.Uploads.Time, options.Uploads.Memory));
        try
        {
            await run.FinishAsync();
        }
        catch (MediaException e) when (e.Failure is MediaFailure.ToolFailed)
        {
            throw new MediaException(MediaFailure.InvalidInput, $"A {kind.ToString().ToLowerInvariant()} cannot be read: {e.Message}", e);
        }

        return File.Exists(raw) ? await File.ReadAllBytesAsync(raw, cancellation) : [];
    }
}
