using System.Globalization;
using System.Text;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Tests.Fakes;

/// <summary>A clip whose files all say the final state.</summary>
internal sealed class FakeClip(FakeRun run) : IFinishedClip
{
    private readonly ulong state = run.State;

    public ClipPart Video => Part("video.mp4");

    public ClipPart Thumbnail => Part("thumbnail.jpg");

    public ClipPart SpriteSheet => Part("spritesheet.jpg");

    public ClipPart Latents => Part("latents.safetensors");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ClipPart Part(string name)
    {
        var bytes = Encoding.ASCII.GetBytes(state.ToString(CultureInfo.InvariantCulture));
        return new ClipPart(name, bytes.Length, "", (stream, token) => stream.WriteAsync(bytes, token).AsTask());
    }
}
