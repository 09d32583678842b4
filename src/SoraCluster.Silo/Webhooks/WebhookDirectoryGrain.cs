using SoraCluster.Domain.Webhooks;
using SoraCluster.Silo.Roles;
using SoraCluster.Silo.State;

namespace SoraCluster.Silo.Webhooks;

[OnControlSilos, GrainType("webhooks")]
public sealed class WebhookDirectoryGrain(
    IGrainContext context, [PersistentState(StorageNames.Slot, StorageNames.Redis)] IPersistentState<WebhookDirectoryState> state)
    : WebhookDirectory(new GrainStateSlot<WebhookDirectoryState>(state, context)), IWebhookDirectoryGrain;
