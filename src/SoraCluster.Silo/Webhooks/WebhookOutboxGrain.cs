using SoraCluster.Domain.Webhooks;
using SoraCluster.Silo.Roles;
using SoraCluster.Silo.State;

namespace SoraCluster.Silo.Webhooks;

[OnControlSilos, GrainType("webhook-outbox")]
public sealed class WebhookOutboxGrain(
    IGrainContext context, [PersistentState(StorageNames.Slot, StorageNames.Redis)] IPersistentState<WebhookState> state, TimeProvider clock)
    : WebhookOutbox(new GrainStateSlot<WebhookState>(state, context), clock), IWebhookOutboxGrain;
