using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;

namespace SoraCluster.Media;

/// <summary>
/// Frames and sound to a marked and labelled MP4: H.264 4:2:0 and AAC, index first, colours tagged BT.709. The frames stream
/// through ffmpeg, so memory does not grow with the length. The same input gives the same bytes (same ffmpeg build, same
/// options). Safe to use from several threads at once.
/// </summary>
/// <exception cref="ValidationException">An option is out of range.</exception>
public sealed class ClipWriter(MediaOptions options, TimeProvider clock)
{
    private const int SoundRate = 48_000;

    private readonly MediaOptions options = options.Checked();
    private readonly ClipProbe probe = new(options, clock);

    /// <summary>
    /// Writes a clip. It appears under its name when it is whole and on disk; whatever goes wrong, nothing is left and a file
    /// that was there before stays.
    /// </summary>
    /// <param name="spec">Sizes, rate and the number of frames to come.</param>
    /// <param name="frames">
    /// RGB24, <c>[n, SourceHeight, SourceWidth, 3]</c>, any whole number of frames at a time; each piece is done with when the
    /// next is asked for.
    /// </param>
    /// <param name="sound">Null for a clip without a sound track.</param>
    /// <param name="path">Where the clip goes; its folder must exist.</param>
    /// <param name="cancellation">Stops ffmpeg at once.</param>
    /// <returns>What ffprobe reads in the finished file.</returns>
    /// <exception cref="MediaException">With the reason as a <see cref="MediaFailure"/>.</exception>
    public async Task<ClipInfo> WriteAsync(
        ClipSpec spec,
        IAsyncEnumerable<ReadOnlyMemory<byte>> frames,
        ClipSound? sound,
        string path,
        CancellationToken cancellation = default)
    {
        spec.Checked();
        var samples = sound is null ? null : Fit(sound, spec);
        var tools = FfmpegLocator.Locate(options);
        using var work = WorkFolder.Create(path);
        var mark = Mark.For(spec.PictureArea());
        work.Write("mark.rgba", mark.Rgba);
        work.Write("sound.f32", MemoryMarshal.AsBytes<float>(samples));
        var arguments = Arguments(spec, mark, sound);
        await using (var run = ChildProcess.Start(
            tools.Ffmpeg, arguments, work.Path, options, clock, work.Size, cancellation))
        {
            await FeedAsync(run, spec, frames, cancellation);
            await run.FinishAsync();
            if (!File.Exists(work.File("clip.mp4")) || !AiLabel.TryAppendToMp4(work.File("clip.mp4")))
            {
                throw run.Failed("reported success but left no whole MP4");
            }
        }

        var info = await probe.ProbeAsync(work.File("clip.mp4"), cancellation);
        if (info.Picture?.FrameCount != spec.FrameCount || (info.Sound is null) != (sound is null))
        {
            throw new MediaException(
                MediaFailure.ToolFailed,
                $"ffmpeg wrote {info.Picture?.FrameCount ?? 0} frames {(info.Sound is null ? "without" : "with")} sound; " +
                $"{spec.FrameCount} frames {(sound is null ? "without" : "with")} sound were asked for.");
        }

        work.Publish("clip.mp4", path);
        return info with { Path = Path.GetFullPath(path) };
    }

    private static async Task FeedAsync(
        ChildProcess run, ClipSpec spec, IAsyncEnumerable<ReadOnlyMemory<byte>> frames, CancellationToken cancellation)
    {
        var expected = (long)spec.FrameBytes * spec.FrameCount;
        var fed = 0L;
        await foreach (var piece in frames.WithCancellation(cancellation))
        {
            fed += piece.Length;
            if (piece.Length % spec.FrameBytes != 0 || fed > expected)
            {
                throw new MediaException(
                    MediaFailure.InvalidInput,
                    $"Frames come in whole ones of {spec.FrameBytes} bytes, {spec.FrameCount} in all; " +
                    $"a piece of {piece.Length} bytes made {fed} of {expected}.");
            }

            await run.WriteAsync(piece);
        }

        if (fed != expected)
        {
            throw new MediaException(
                MediaFailure.InvalidInput, $"The frames ended after {fed / spec.FrameBytes} of {spec.FrameCount}.");
        }
    }

    private List<string> Arguments(ClipSpec spec, Mark mark, ClipSound? sound)
    {
        var (x, y, width, height) = spec.PictureArea();
        var picture =
            $"[0:v]scale={width}:{height}:flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact" +
            ":out_color_matrix=bt709:out_range=tv,format=yuv420p" +
            $",pad={spec.Width}:{spec.Height}:{x}:{y}:black[picture];" +
            $"[picture][1:v]overlay={mark.X}:{mark.Y}:eof_action=repeat" +
            ",setsar=1,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709[out]";
        var rate = $"{spec.FramesPerSecond}";
        List<string> arguments =
        [
            // -xerror: without it, ffmpeg 5 ends with success when the disk is full at the end.
            "-hide_banner", "-nostats", "-loglevel", "error", "-xerror", "-y",
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", $"{spec.SourceWidth}x{spec.SourceHeight}", "-framerate", rate,
            "-i", "pipe:0",
            "-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", $"{mark.Width}x{mark.Height}", "-framerate", rate,
            "-i", "mark.rgba",
        ];
        if (sound is not null)
        {
            arguments.AddRange(["-f", "f32le", "-ar", $"{sound.SampleRate}", "-ac", "1", "-i", "sound.f32"]);
        }

        arguments.AddRange(
        [
            "-filter_complex_threads", $"{options.EncoderThreads}", "-filter_complex", picture, "-map", "[out]",
            "-c:v", "libx264", "-preset", options.Preset, "-crf", $"{options.Quality}", "-g", $"{2 * spec.FramesPerSecond}",
            "-x264-params", $"threads={options.EncoderThreads}:cpu-independent=1",
        ]);
        if (sound is not null)
        {
            arguments.AddRange(["-map", "2:a", "-c:a", "aac", "-b:a", $"{options.SoundBitrate}k", "-ar", $"{SoundRate}"]);
        }

        // The time scale makes the duration of any number of frames exact; bitexact leaves out versions and dates.
        arguments.AddRange(
        [
            "-map_metadata", "-1", "-metadata", $"comment={AiLabel.Words}", "-metadata", $"description={AiLabel.Words}",
            "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
            "-movie_timescale", $"{1000 * spec.FramesPerSecond}", "-movflags", "+faststart", "clip.mp4",
        ]);
        return arguments;
    }

    /// <summary>The samples for exactly the picture's length.</summary>
    private static float[] Fit(ClipSound sound, ClipSpec spec)
    {
        if (sound.SampleRate is < 8_000 or > 192_000)
        {
            throw new MediaException(
                MediaFailure.InvalidInput, $"A sound's rate must be between 8000 and 192000 Hz; it is {sound.SampleRate}.");
        }

        var samples = new float[((long)spec.FrameCount * sound.SampleRate + (spec.FramesPerSecond / 2)) / spec.FramesPerSecond];
        var given = sound.Samples.Span[..Math.Min(samples.Length, sound.Samples.Length)];
        for (var i = 0; i < given.Length; i++)
        {
            samples[i] = float.IsNaN(given[i])
                ? throw new MediaException(MediaFailure.InvalidInput, $"Sample {i} of the sound is not a number.")
                : Math.Clamp(given[i], -1, 1);
        }

        return samples;
    }
}
