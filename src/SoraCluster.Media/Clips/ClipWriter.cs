using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;

namespace SoraCluster.Media;

/// <summary>
/// Frames and sound to a marked and labelled MP4: H.264 4:2:0 and AAC, index first, colours tagged BT.709. The frames stream
/// through ffmpeg, so memory does not grow with the length. The same input gives the same bytes (same ffmpeg build, same
/// options). Safe to use from several threads at once; <see cref="MediaOptions.Encoders"/> clips are encoded at a time.
/// </summary>
/// <exception cref="ValidationException">An option is out of range.</exception>
public sealed class ClipWriter(MediaOptions options, TimeProvider clock)
{
    private readonly MediaOptions options = options.Checked();
    private readonly Turns encoders = new(options.Encoders);

    /// <summary>
    /// Writes a clip, and its stills where they are asked for. Each file appears under its name when all are whole and on disk, the clip
    /// last; whatever goes wrong before, nothing is left and files that were there stay.
    /// </summary>
    /// <param name="spec">Sizes, rate and the number of frames to come.</param>
    /// <param name="frames">
    /// RGB24, <c>[n, SourceHeight, SourceWidth, 3]</c>, any whole number of frames at a time; each piece is done with when the
    /// next is asked for.
    /// </param>
    /// <param name="sound">Null for a clip without a sound track.</param>
    /// <param name="path">Where the clip goes; its folder must exist.</param>
    /// <param name="stills">Null for none.</param>
    /// <param name="cancellation">Stops ffmpeg at once.</param>
    /// <exception cref="MediaException">With the reason as a <see cref="MediaFailure"/>.</exception>
    public async Task WriteAsync(
        ClipSpec spec,
        IAsyncEnumerable<ReadOnlyMemory<byte>> frames,
        ClipSound? sound,
        string path,
        ClipStills? stills = null,
        CancellationToken cancellation = default)
    {
        spec.Checked();
        var samples = sound is null ? null : Fit(sound, spec);
        var tools = FfmpegLocator.Locate(options);
        using var turn = await encoders.TakeAsync(cancellation);
        using var work = WorkFolder.Create(path);
        var arguments = new EncoderRun(spec, sound, stills is not null, options).Prepare(work, MemoryMarshal.AsBytes<float>(samples));
        await using (var run = ChildProcess.Start(
            tools.Ffmpeg, arguments, work.Path, options, clock, work.Size, cancellation))
        {
            await FeedAsync(run, spec, frames, cancellation);
            var written = EncoderRun.FramesIn(await run.FinishAsync());
            if (!File.Exists(work.File(EncoderRun.Clip)) || !AiLabel.TryAppendToMp4(work.File(EncoderRun.Clip)))
            {
                throw run.Failed("reported success but left no whole MP4");
            }

            if (written != spec.FrameCount)
            {
                throw run.Failed($"reported success after {written ?? 0} frames; {spec.FrameCount} were asked for");
            }

            if (stills is not null)
            {
                await LabelAsync(run, work, EncoderRun.Thumbnail, cancellation);
                await LabelAsync(run, work, EncoderRun.Sheet, cancellation);
            }
        }

        if (stills is not null)
        {
            work.Publish(EncoderRun.Thumbnail, stills.Thumbnail);
            work.Publish(EncoderRun.Sheet, stills.SpriteSheet);
        }

        work.Publish(EncoderRun.Clip, path);
    }

    private static async Task LabelAsync(ChildProcess run, WorkFolder work, string name, CancellationToken cancellation)
    {
        var jpeg = File.Exists(work.File(name)) ? await File.ReadAllBytesAsync(work.File(name), cancellation) : [];
        if (jpeg is not [0xFF, 0xD8, .., 0xFF, 0xD9])
        {
            throw run.Failed($"reported success but left no whole {name}");
        }

        work.Write(name, AiLabel.LabelJpeg(jpeg));
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
