using SoraCluster.Domain.Steps;
using SoraCluster.Silo.Messages;
using SoraCluster.Silo.Roles;
using SoraCluster.Silo.State;
using SoraCluster.Silo.Telemetry;

namespace SoraCluster.Silo.Steps;

/// <summary>A queue stays active as long as its silo lives: what it knows of waiting jobs and leases is in its memory alone.</summary>
[OnControlSilos, GrainType("queue"), KeepAlive]
public sealed class StepQueueGrain(
    IGrainContext context,
    [PersistentState(StorageNames.Slot, StorageNames.Redis)] IPersistentState<QueueControls> state,
    QueueServices services,
    Listeners<IBellObserver> listeners,
    QueueInstruments instruments)
    : StepQueue(context.GrainId.Key.ToString()!, new GrainStateSlot<QueueControls>(state, context), services), IStepQueueGrain, IGrainBase
{
    private readonly TimeSpan tick = QueueTimer.PeriodOf(services.Options);

    public IGrainContext GrainContext => context;

    public Task OnActivateAsync(CancellationToken token)
    {
        this.RegisterGrainTimer(_ => BeatAsync(), new GrainTimerCreationOptions(tick, tick));
        return Task.CompletedTask;
    }

    public Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        instruments.Forget(context.GrainId.Key.ToString()!);
        return Task.CompletedTask;
    }

    public Task ListenAsync(IBellObserver observer)
    {
        listeners.Add(context.GrainId.Key.ToString()!, observer);
        return Task.CompletedTask;
    }

    private async Task BeatAsync()
    {
        await TickAsync();
        instruments.Observe(await GetStatusAsync());
    }
}
