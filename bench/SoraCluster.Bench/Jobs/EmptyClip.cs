using SoraCluster.Worker.Engine;

namespace SoraCluster.Bench.Jobs;

/// <summary>Four files with nothing in them.</summary>
internal sealed class EmptyClip : IFinishedClip
{
    public ClipPart Video => Part("video.mp4");

    public ClipPart Thumbnail => Part("thumbnail.jpg");

    public ClipPart SpriteSheet => Part("spritesheet.jpg");

    public ClipPart Latents => Part("latents.safetensors");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ClipPart Part(string name) => new(name, 0, "", (_, _) => Task.CompletedTask);
}
