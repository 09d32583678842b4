using SoraCluster.Domain.Jobs;
using SoraCluster.Silo.Messages;
using SoraCluster.Silo.Roles;
using SoraCluster.Silo.State;

namespace SoraCluster.Silo.Jobs;

[OnControlSilos, GrainType("job")]
public sealed class GenerationJobGrain(
    IGrainContext context,
    [PersistentState(StorageNames.Slot, StorageNames.Redis)] IPersistentState<JobState> state,
    JobServices services,
    Listeners<IJobObserver> listeners)
    : GenerationJob(context.GrainId.Key.ToString()!, new GrainStateSlot<JobState>(state, context), services), IGenerationJobGrain
{
    public Task ListenAsync(IJobObserver observer)
    {
        listeners.Add(context.GrainId.Key.ToString()!, observer);
        return Task.CompletedTask;
    }
}
