using SoraCluster.Domain.Artifacts;
using SoraCluster.Local.Artifacts;
using SoraCluster.Testing.Artifacts;

namespace SoraCluster.Local.Tests.Artifacts;

public sealed class FileArtifactStoreConformanceTests : ArtifactStoreConformance, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public FileArtifactStoreConformanceTests() => Store = new FileArtifactStore(folder.Of("artifacts"), folder.Of("partial"));

    protected override IArtifactStore Store { get; }

    public void Dispose() => folder.Dispose();
}
