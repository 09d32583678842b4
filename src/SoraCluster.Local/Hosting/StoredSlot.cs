using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SoraCluster.Domain.State;

namespace SoraCluster.Local.Hosting;

/// <summary>The slot of one activation over an <see cref="IStateStore"/>.</summary>
/// <remarks>
/// A save whose outcome is not known to be success makes the slot stale, and the host then drops the activation: memory that
/// may differ from the store is never used again.
/// </remarks>
public sealed class StoredSlot<TState>(IStateStore store, string type, string key, JsonTypeInfo<TState> json)
    : IStateSlot<TState>, IActivationSlot
    where TState : class
{
    private long version;

    public TState? Value { get; private set; }

    public bool Stale { get; private set; }

    public async Task LoadAsync()
    {
        if (await store.LoadAsync(type, key) is not { } stored)
        {
            return;
        }

        try
        {
            Value = JsonSerializer.Deserialize(stored.Json, json);
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"The stored state of {type} '{key}' cannot be read: {damage.Message}", damage);
        }

        version = stored.Version;
    }

    public async Task SaveAsync(TState value)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(value, json);
        version = await Guarded(() => store.SaveAsync(type, key, version, document)) ?? throw Conflict();
        Value = value;
    }

    public async Task ClearAsync()
    {
        if (version == 0 && !Stale)
        {
            return;
        }

        if (!await Guarded(() => store.ClearAsync(type, key, version)))
        {
            throw Conflict();
        }

        version = 0;
        Value = null;
    }

    private async Task<T> Guarded<T>(Func<Task<T>> change)
    {
        if (Stale)
        {
            throw Conflict();
        }

        Stale = true;
        var answer = await change();
        Stale = false;
        return answer;
    }

    private StateConflictException Conflict()
    {
        Stale = true;
        return new StateConflictException(type, key);
    }
}
