using SoraCluster.Domain.Artifacts;
using SoraCluster.Testing.Artifacts;

namespace SoraCluster.Domain.Tests.Artifacts;

public sealed class InMemoryArtifactStoreTests : ArtifactStoreConformance
{
    protected override IArtifactStore Store { get; } = new InMemoryArtifactStore();
}
