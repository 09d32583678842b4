using SoraCluster.Domain.Artifacts;
using SoraCluster.Testing.Artifacts;
using SoraCluster.Worker.Remote;

namespace SoraCluster.Worker.Tests.Remote;

/// <summary>The store over HTTP does what every store must do.</summary>
public sealed class HttpArtifactStoreConformance : ArtifactStoreConformance, IAsyncLifetime
{
    private RemoteHost host = null!;

    protected override IArtifactStore Store => new HttpArtifactStore(host.Client());

    public async Task InitializeAsync() => host = await RemoteHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();
}
