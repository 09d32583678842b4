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
        using var memory = new MemoryStream();
        ClipLatents.Write(memory, clip.Sampler.Latents, clip.Runtime.Pack);
        return Task.FromResult<IFinishedClip>(new Clip(memory.ToArray()));
    }

    private sealed class Clip(byte[] latents) : IFinishedClip
    {
        public ClipPart Video => Part("video.mp4");

        public ClipPart Thumbnail => Part("thumbnail.jpg");

        public ClipPart SpriteSheet => Part("spritesheet.jpg");

        public ClipPart Latents => Part("latents.safetensors");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private ClipPart Part(string name) => new(
            name, latents.Length, Convert.ToHexStringLower(SHA256.HashData(latents)),
            (stream, token) => stream.WriteAsync(latents, token).AsTask());
    }
}
