using Orleans.Storage;
using SoraCluster.Silo.State;

namespace SoraCluster.Silo.Tests.State;

/// <summary>What Orleans hands to a grain, without the grain.</summary>
internal sealed class StoredState<T>(IGrainStorage storage, GrainId grain) : IPersistentState<T>
    where T : class, new()
{
    private readonly GrainState<T> state = new(new T());

    public T State
    {
        get => state.State!;
        set => state.State = value;
    }

    public string? Etag => state.ETag;

    public bool RecordExists => state.RecordExists;

    public Task ReadStateAsync() => storage.ReadStateAsync(StorageNames.Slot, grain, state);

    public Task WriteStateAsync() => storage.WriteStateAsync(StorageNames.Slot, grain, state);

    public Task ClearStateAsync() => storage.ClearStateAsync(StorageNames.Slot, grain, state);
}
