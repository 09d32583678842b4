using SoraCluster.Domain.Jobs;
using SoraCluster.Testing.Jobs;

namespace SoraCluster.Domain.Tests.Jobs;

public sealed class InMemoryJobIndexTests : JobIndexConformance
{
    protected override IJobIndex Index { get; } = new InMemoryJobIndex();
}
