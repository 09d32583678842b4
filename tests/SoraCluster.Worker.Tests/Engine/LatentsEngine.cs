using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Tests.Engine;

/// <summary>The real engine, but a finished clip is nothing but its latents; a test can step in before each step.</summary>
internal sealed class LatentsEngine(PackEngine inner) : IStepEngine
{
    private int steps;

    /// <summary>Called with the number of the step that begins, from 1; what it returns is waited for.</summary>
    public Func<int, Task> OnStep { get; set; } = _ => Task.CompletedTask;

    public IReadOnlyList<string> Packs => inner.Packs;

    public int MaxRows(string pack) => inner.MaxRows(pack);

    public Task<IClipRun> OpenAsync(JobSpec spec, Stream? checkpoint, IReadOnlyList<Stream> sources, CancellationToken cancellation) =>
        inner.OpenAsync(spec, checkpoint, sources, cancellation);

    public async Task<StepOutcome> StepAsync(IReadOnlyList<IClipRun> runs)
    {
        await OnStep(++steps);
        return await inner.StepAsync(runs);
    }

    public Task<IFinishedClip> FinishAsync(JobSpec spec, IClipRun run, CancellationToken cancellation)
    {
        var clip = (ClipRun)run;
        using var file = new MemoryStream();
        ClipLatents.Write(file, clip.Sampler.Latents, clip.Runtime.Pack);
        byte[] numbers = [.. clip.Sampler.Latents.Shapes.SelectMany(
            shape => MemoryMarshal.AsBytes(clip.Sampler.Latents[shape.Name].AsSpan()).ToArray())];
        return Task.FromResult<IFinishedClip>(new Clip(numbers, file.ToArray()));
    }

    private sealed class Clip(byte[] numbers, byte[] latents) : IFinishedClip
    {
        public ClipPart Video => Part("video.mp4", numbers);

        public ClipPart Thumbnail => Part("thumbnail.jpg", numbers);

        public ClipPart SpriteSheet => Part("spritesheet.jpg", numbers);

        public ClipPart Latents => Part("latents.safetensors", latents);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static ClipPart Part(string name, byte[] bytes) => new(
            name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)),
            (stream, token) => stream.WriteAsync(bytes, token).AsTask());
    }
}
