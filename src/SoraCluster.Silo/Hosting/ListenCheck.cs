using Microsoft.Extensions.Hosting;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.State;
using SoraCluster.Gateway.Identity;

namespace SoraCluster.Silo.Hosting;

/// <summary>
/// A gateway listens beyond this machine only when an API key exists. Starts after the silo and before the web server, and waits
/// for the first control silo, which alone can tell.
/// </summary>
internal sealed class ListenCheck(SiloHostOptions options, IEntities entities, TimeProvider clock) : IHostedService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(cancellationToken) is { } refusal)
        {
            throw new SiloHostException(refusal);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string?> AskAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await ListenGuard.RefusalAsync(options.Listen.Split(';'), entities);
            }
            catch (SoraException nobody) when (nobody.Error.Code is SoraErrorCode.Overloaded)
            {
                await Task.Delay(RetryAfter, clock, cancellation);
            }
        }
    }
}
