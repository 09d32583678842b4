using SoraCluster.Domain.Steps;
using SoraCluster.Testing.Steps;
using SoraCluster.Worker.Remote;

namespace SoraCluster.Worker.Tests.Remote;

/// <summary>The way over HTTP does what every way must do.</summary>
public sealed class HttpStepSourceConformance : StepSourceConformance, IAsyncLifetime
{
    private RemoteHost? host;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await (host?.DisposeAsync() ?? ValueTask.CompletedTask);

    protected override async Task<IStepSource> ConnectAsync()
    {
        host ??= await RemoteHost.StartAsync(Cluster);
        return new HttpStepSource(host.Client());
    }
}
