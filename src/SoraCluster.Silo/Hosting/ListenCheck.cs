using Microsoft.Extensions.Hosting;
using SoraCluster.Domain.State;
using SoraCluster.Gateway.Identity;

namespace SoraCluster.Silo.Hosting;

/// <summary>A gateway listens beyond this machine only when an API key exists. Starts after the silo and before the web server.</summary>
internal sealed class ListenCheck(SiloHostOptions options, IEntities entities) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await ListenGuard.RefusalAsync(options.Listen.Split(';'), entities) is { } refusal)
        {
            throw new SiloHostException(refusal);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
