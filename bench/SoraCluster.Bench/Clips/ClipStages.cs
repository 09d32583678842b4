using System.Diagnostics;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Models;
using SoraCluster.Media;

namespace SoraCluster.Bench.Clips;

/// <summary>One clip by hand, one stage after the other, so that each has a time.</summary>
internal sealed class ClipStages(IPackRuntime runtime, string folder)
{
    public static readonly string[] Names = ["encode the text", "denoise", "decode the picture", "decode the sound", "encode the MP4 and the stills"];

    private readonly ClipWriter writer = new(new MediaOptions(), TimeProvider.System);

    /// <summary>Seconds of each stage.</summary>
    public async Task<double[]> RunAsync(JobSpec spec)
    {
        var (pack, laps) = (runtime.Pack.Manifest, new List<double>());
        var clock = Stopwatch.StartNew();
        var sampler = ClipSampler.Start(
            runtime.Pack,
            new(spec.Prompt, spec.NegativePrompt, spec.Seed, spec.Steps, spec.GuidanceScale, spec.Seconds * pack.FrameRate),
            runtime.Denoiser.EncodeText);
        Lap();
        for (; !sampler.Done; sampler.Apply())
        {
            runtime.Denoiser.Denoise([.. sampler.NextRows()]);
        }

        Lap();
        var frames = runtime.Decoder.DecodeVideo(sampler.Latents).Select(group => (ReadOnlyMemory<byte>)group.Rgb.ToArray()).ToArray();
        Lap();
        var sound = new ClipSound(runtime.Decoder.DecodeAudio(sampler.Latents), pack.SampleRate);
        Lap();
        var path = Path.Combine(folder, "stages.mp4");
        FrameSize.TryParse(spec.Size, out var size);
        var shape = new ClipSpec(pack.Width, pack.Height, size.Width, size.Height, pack.FrameRate, sampler.Settings.Frames);
        await writer.WriteAsync(shape, frames.ToAsyncEnumerable(), sound, path, new ClipStills(path + ".jpg", path + ".sheet.jpg"));
        Lap();
        return [.. laps];

        void Lap()
        {
            laps.Add(clock.Elapsed.TotalSeconds);
            clock.Restart();
        }
    }
}
