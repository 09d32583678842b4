using SoraCluster.Domain.State;
using SoraCluster.Simulation.Core;

namespace SoraCluster.Simulation.Stores;

/// <summary>The durable states of the whole cluster. Each write is shown to the checks before anything else can happen.</summary>
public sealed class SimStateStore(SimDisk disk, Action<string, object?, object?> written)
{
    private readonly Dictionary<(Type, string), (object State, long Version)> rows = [];
    private long versions;

    private SimDisk Disk { get; } = disk;

    private Action<string, object?, object?> Written { get; } = written;

    public Task<IStateSlot<TState>> LoadAsync<TState>(string key, SimProcess process)
        where TState : class => Disk.ReadAsync<IStateSlot<TState>>(process, () =>
        {
            var row = Row<TState>(key);
            return new Slot<TState>(this, key, process, (TState?)row.State, row.Version);
        });

    public TState? Peek<TState>(string key)
        where TState : class => (TState?)Row<TState>(key).State;

    public IEnumerable<(string Key, TState State)> All<TState>()
        where TState : class => rows.Where(r => r.Key.Item1 == typeof(TState)).Select(r => (r.Key.Item2, (TState)r.Value.State));

    private (object? State, long Version) Row<TState>(string key) =>
        rows.TryGetValue((typeof(TState), key), out var row) ? row : (null, 0);

    private sealed class Slot<TState>(SimStateStore store, string key, SimProcess process, TState? value, long version)
        : IStateSlot<TState>
        where TState : class
    {
        private long version = version;

        public TState? Value { get; private set; } = value;

        public Task SaveAsync(TState value) => WriteAsync(value);

        public Task ClearAsync() => WriteAsync(null);

        private async Task WriteAsync(TState? next)
        {
            version = await store.Disk.DoAsync(process, () => Put(next));
            Value = next;
        }

        private long Put(TState? next)
        {
            var row = store.Row<TState>(key);
            if (row.Version != version)
            {
                throw new StateConflictException(typeof(TState).Name, key);
            }

            if (next is null)
            {
                store.rows.Remove((typeof(TState), key));
                store.Written(key, row.State, null);
                return 0;
            }

            store.rows[(typeof(TState), key)] = (next, ++store.versions);
            store.Written(key, row.State, next);
            return store.versions;
        }
    }

}
