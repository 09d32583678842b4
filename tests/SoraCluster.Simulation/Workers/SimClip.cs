using SoraCluster.Worker.Engine;

namespace SoraCluster.Simulation.Workers;

/// <summary>A finished clip, whose files all say its last latents.</summary>
internal sealed class SimClip(SimRun run) : IFinishedClip
{
    private readonly byte[] bytes = SimLatents.Write(run.Spec.Seed, run.Step, run.Latents);

    public ClipPart Video => Part("video.mp4");
    public ClipPart Thumbnail => Part("thumbnail.jpg");
    public ClipPart SpriteSheet => Part("sprites.jpg");
    public ClipPart Latents => Part("latents.safetensors");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ClipPart Part(string name) => new(name, bytes.Length, "00", (s, c) => s.WriteAsync(bytes, c).AsTask());
}
