namespace SoraCluster.Domain.State;

/// <summary>
/// The durable state of one entity. States are immutable: an entity computes the next one, saves it, and only then is it
/// the <see cref="Value"/>; a save that fails leaves memory and store as they were.
/// </summary>
public interface IStateSlot<TState>
    where TState : class
{
    /// <summary>What is stored, or null when nothing is.</summary>
    TState? Value { get; }

    /// <summary>Stores <paramref name="value"/> durably if nobody else has stored since it was loaded.</summary>
    /// <exception cref="StateConflictException">Somebody has: this activation is stale and must go.</exception>
    Task SaveAsync(TState value);

    /// <summary>Removes the state, under the same version check.</summary>
    Task ClearAsync();
}
