using SoraCluster.Domain.Artifacts;
using SoraCluster.Testing;
using SoraCluster.Testing.Artifacts;
using SoraCluster.Worker.Artifacts;

namespace SoraCluster.Worker.Tests.Artifacts;

public sealed class FileArtifactStoreConformanceTests : ArtifactStoreConformance, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public FileArtifactStoreConformanceTests() => Store = new FileArtifactStore(folder.Of("artifacts"), folder.Of("partial"));

    protected override IArtifactStore Store { get; }

    public void Dispose() => folder.Dispose();
}
