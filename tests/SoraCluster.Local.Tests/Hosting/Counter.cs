using System.Text.Json.Serialization;
using SoraCluster.Domain.State;
using SoraCluster.Local.Hosting;

namespace SoraCluster.Local.Tests.Hosting;

internal sealed record CounterState(int Number);

[JsonSerializable(typeof(CounterState))]
internal sealed partial class CounterJson : JsonSerializerContext;

/// <summary>What the counters of one test saw.</summary>
internal sealed class CounterLog
{
    private readonly Lock gate = new();
    private readonly List<string> notes = [];
    private readonly Dictionary<string, int> inside = [];

    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (gate)
            {
                return [.. notes];
            }
        }
    }

    /// <summary>The most turns ever seen at once in one entity.</summary>
    public int MostAtOnce { get; private set; }

    public void Note(string text)
    {
        lock (gate)
        {
            notes.Add(text);
        }
    }

    public void Enter(string key)
    {
        lock (gate)
        {
            inside[key] = inside.GetValueOrDefault(key) + 1;
            MostAtOnce = Math.Max(MostAtOnce, inside[key]);
        }
    }

    public void Leave(string key)
    {
        lock (gate)
        {
            inside[key]--;
        }
    }
}

internal sealed class Counter(string key, IStateSlot<CounterState> slot, IEntities entities, CounterLog log) : ICounter
{
    public static EntityType Type(CounterLog log, bool keepActive = false) => EntityType.Durable<ICounter, CounterState>(
        "counter", CounterJson.Default.CounterState, (key, slot, entities) => new Counter(key, slot, entities, log), keepActive);

    public async Task<int> AddAsync()
    {
        log.Enter(key);
        var next = new CounterState((slot.Value?.Number ?? 0) + 1);
        await Task.Yield();
        try
        {
            await slot.SaveAsync(next);
        }
        finally
        {
            log.Leave(key);
        }

        return next.Number;
    }

    public Task<int> GetAsync() => Task.FromResult(slot.Value?.Number ?? 0);

    public Task ClearAsync() => slot.ClearAsync();

    public async Task NoteAsync(string name, Task gate)
    {
        await gate;
        log.Note(name);
    }

    public async ValueTask<string> EchoAsync(string text)
    {
        await Task.Yield();
        return text;
    }

    public ValueTask TouchAsync()
    {
        log.Note($"touched {key}");
        return ValueTask.CompletedTask;
    }

    public async Task FailAsync()
    {
        await Task.Yield();
        throw new FormatException("On purpose.");
    }

    public Task<int> FailAtOnce() => throw new FormatException("At once.");

    public Task CancelAsync(CancellationToken cancellation) => Task.FromCanceled(cancellation);

    public Task<int> RelayAsync(IReadOnlyList<string> keys) =>
        keys.Count > 0 ? entities.Get<ICounter>(keys[0]).RelayAsync([.. keys.Skip(1)]) : AddAsync();

    public async Task<int> RelayAfterAsync(Task gate, IReadOnlyList<string> keys)
    {
        log.Note($"{key} began");
        await gate;
        return await RelayAsync(keys);
    }

    public async Task<int> GatherAsync(IReadOnlyList<string> keys)
    {
        var sum = 0;
        await Task.WhenAll(keys.Select(async other =>
        {
            var number = await entities.Get<ICounter>(other).AddAsync();
            log.Enter(key);
            var before = sum;
            Thread.SpinWait(200);
            sum = before + number;
            log.Leave(key);
        }));
        return sum;
    }

    public Task<bool> MeetAsync(Barrier barrier) => Task.FromResult(barrier.SignalAndWait(TimeSpan.FromSeconds(30)));

    public async Task<bool> LetMeetAsync(int touches, Barrier barrier)
    {
        for (var i = 0; i < touches; i++)
        {
            await entities.Get<ICounter>($"touched {i}").TouchAsync();
        }

        var met = await Task.WhenAll(Enumerable.Range(0, barrier.ParticipantCount).Select(i => entities.Get<ICounter>($"met {i}").MeetAsync(barrier)));
        return met.All(each => each);
    }

    public Task<Task<int>[]> StartRelayAsync(IReadOnlyList<string> keys) => Task.FromResult<Task<int>[]>(
        [((EntityHost)entities).NotAwaited.Get<ICounter>(keys[0]).RelayAsync([.. keys.Skip(1)])]);
}
