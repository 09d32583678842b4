using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Webhooks;

namespace SoraCluster.Gateway.Webhooks;

/// <summary>
/// Keeps outboxes moving: looks whether expected jobs have ended, and sends what is due. All it knows is in the entities, so
/// it can die anywhere and a successor goes on.
/// </summary>
internal sealed partial class WebhookPump(
    IEntities entities, WebhookSender sender, WebhookObserver observer, IOptions<GatewayOptions> options, TimeProvider clock,
    ILogger<WebhookPump> log) : BackgroundService
{
    /// <summary>One round over every user with endpoints.</summary>
    public async Task RunOnceAsync(CancellationToken cancellation)
    {
        foreach (var owner in await entities.Get<IWebhookDirectory>(IWebhookDirectory.Key).ListAsync())
        {
            try
            {
                var outbox = entities.Get<IWebhookOutbox>(owner);
                await observer.ObserveAsync(outbox, cancellation);
                await Task.WhenAll((await outbox.ClaimDueAsync()).Select(d => sender.SendAsync(outbox, d, cancellation)));
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                // One user's trouble is not the others'; the next round tries again.
                LogRoundFailed(owner, e);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.WebhookInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogRoundFailed("(all)", e);
            }
        }
    }

    [LoggerMessage(10, LogLevel.Warning, "Webhooks of {Owner} could not be worked on; trying again.")]
    private partial void LogRoundFailed(string owner, Exception exception);
}
