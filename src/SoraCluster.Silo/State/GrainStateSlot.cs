using Orleans.Storage;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.State;

namespace SoraCluster.Silo.State;

/// <summary>
/// A slot in Orleans' storage. A save that fails for whatever reason drops the activation after its turn: what is stored is not
/// known any more, and the next call loads it.
/// </summary>
public sealed class GrainStateSlot<TState>(IPersistentState<TState> stored, IGrainContext? context) : IStateSlot<TState>
    where TState : class
{
    public TState? Value => stored.RecordExists ? stored.State : null;

    public Task SaveAsync(TState value) => ChangeAsync(() =>
    {
        stored.State = value;
        return stored.WriteStateAsync();
    });

    public Task ClearAsync() => ChangeAsync(stored.ClearStateAsync);

    private async Task ChangeAsync(Func<Task> change)
    {
        var former = stored.State;
        try
        {
            await change();
        }
        catch (InconsistentStateException conflict)
        {
            stored.State = former;
            Drop("its state was changed by another activation");
            throw new StateConflictException(typeof(TState).Name, context?.GrainId.Key.ToString() ?? "", conflict);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            stored.State = former;
            Drop("its state could not be stored");
            throw new SoraException(
                new SoraError(SoraErrorCode.StorageFailed, "The server's storage did not answer. Please try again in a moment."), failure);
        }
    }

    private void Drop(string reason) => context?.Deactivate(new(DeactivationReasonCode.ApplicationError, reason));
}
