using System.Globalization;

namespace SoraCluster.Media;

/// <summary>
/// The pixels of a clean picture (<see cref="UploadCleaner"/>): its middle, cut to a shape and scaled. ffmpeg does it, in a child process with the limits of
/// an upload. Safe to use from several threads at once.
/// </summary>
/// <param name="options">The upload limits.</param>
/// <param name="folder">A folder that exists, for temporary files.</param>
/// <param name="clock">For the limit on time.</param>
public sealed class PictureReader(MediaOptions options, string folder, TimeProvider clock)
{
    private readonly MediaOptions options = options.Checked();

    /// <param name="png">Read to its end.</param>
    /// <param name="width">Pixels wanted.</param>
    /// <param name="height">Pixels wanted.</param>
    /// <param name="cancellation">Kills the child process.</param>
    /// <returns>RGB24, <c>[height, width, 3]</c>.</returns>
    /// <exception cref="MediaException"><see cref="MediaFailure.InvalidInput"/> for what is no PNG; or as the tool fared.</exception>
    public async Task<byte[]> ReadAsync(Stream png, int width, int height, CancellationToken cancellation = default)
    {
        using var work = WorkFolder.Create(Path.Combine(folder, "picture"));
        var (source, pixels) = (work.File("picture.png"), work.File("pixels"));
        await using (var file = File.Create(source))
        {
            await png.CopyToAsync(file, cancellation);
        }

        var filter = string.Create(
            CultureInfo.InvariantCulture,
            $"scale={width}:{height}:force_original_aspect_ratio=increase:flags=area+accurate_rnd+full_chroma_int+bitexact,crop={width}:{height},format=rgb24");
        string[] arguments =
        [
            "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-xerror", "-protocol_whitelist", "file",
            "-threads", "1", "-max_pixels", options.Uploads.PicturePixels.ToString(CultureInfo.InvariantCulture), "-codec_whitelist", "png",
            "-f", "png_pipe", "-i", "file:" + source,
            "-frames:v", "1", "-vf", filter, "-c:v", "rawvideo", "-f", "rawvideo", "file:" + pixels,
        ];
        await using var run = ChildProcess.Start(
            FfmpegLocator.Locate(options).Ffmpeg, arguments, work.Path, options, clock, null, cancellation, new ChildLimits(options.Uploads.Time, options.Uploads.Memory));
        try
        {
            await run.FinishAsync();
        }
        catch (MediaException e) when (e.Failure is MediaFailure.ToolFailed)
        {
            throw new MediaException(MediaFailure.InvalidInput, $"A picture cannot be read: {e.Message}", e);
        }

        var rgb = File.Exists(pixels) ? await File.ReadAllBytesAsync(pixels, cancellation) : [];
        return rgb.Length == width * height * 3
            ? rgb
            : throw run.Failed($"reported success but left {rgb.Length} bytes of a picture of {width} x {height}");
    }
}
