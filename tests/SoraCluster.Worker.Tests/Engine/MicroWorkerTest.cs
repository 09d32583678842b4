using SoraCluster.Diffusion.Packs;
using SoraCluster.Media;
using SoraCluster.Testing.Packs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Engine;

/// <summary>The real engine on a micro pack and a backend of a few multiplications, in a folder of its own.</summary>
public abstract class MicroWorkerTest : IDisposable
{
    protected MicroWorkerTest()
    {
        Pack = Files.Load();
        Engine = new([Pack], new ArithmeticRuntimes(), new(new MediaOptions(), Folder, TimeProvider.System), TimeProvider.System);
    }

    protected MicroPack Files { get; } = MicroPack.Create();

    protected string Folder { get; } = Directory.CreateTempSubdirectory("sora-worker-").FullName;

    protected Pack Pack { get; }

    protected PackEngine Engine { get; }

    public void Dispose()
    {
        Engine.Dispose();
        Files.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
