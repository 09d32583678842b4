using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Webhooks;

namespace SoraCluster.Gateway.Webhooks;

/// <summary>Finds out how expected jobs ended.</summary>
internal sealed class WebhookObserver(IEntities entities, TimeProvider clock)
{
    /// <summary>An expected job that is not there after this long was never submitted, or was deleted.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public async Task ObserveAsync(IWebhookOutbox outbox, CancellationToken cancellation)
    {
        foreach (var expected in await outbox.ListExpectedAsync())
        {
            cancellation.ThrowIfCancellationRequested();
            switch (await entities.Get<IGenerationJob>(expected.JobId).GetAsync())
            {
                case { Ended: true } job:
                    await outbox.RecordAsync(WebhookEvents.Of(job));
                    break;
                case null when expected.Since + Patience < clock.GetUtcNow():
                    await outbox.ForgetAsync(expected.JobId);
                    break;
            }
        }
    }
}
