using SoraCluster.Local.Hosting;
using SoraCluster.Testing;

namespace SoraCluster.Local.Tests.Hosting;

public sealed class EntityCycleTests
{
    private readonly CounterLog log = new();
    private readonly ManualClock clock = new();

    [Fact]
    public async Task Call_BackToACallerInTheChain_ThrowsNamingTheRing()
    {
        await using var host = Host();

        var thrown = await Assert.ThrowsAsync<EntityCycleException>(() => host.Get<ICounter>("x").RelayAsync(["a", "b", "c", "a"]));

        Assert.Equal(["counter/a", "counter/b", "counter/c", "counter/a"], thrown.Cycle);
        Assert.Contains("counter/a → counter/b → counter/c → counter/a", thrown.Message);
        Assert.Equal(1, await host.Get<ICounter>("a").AddAsync());
    }

    [Fact]
    public async Task Call_ToItself_Throws()
    {
        await using var host = Host();

        var thrown = await Assert.ThrowsAsync<EntityCycleException>(() => host.Get<ICounter>("a").RelayAsync(["a"]));

        Assert.Equal(["counter/a", "counter/a"], thrown.Cycle);
    }

    [Fact]
    public async Task Call_SameEntityTwiceInTurn_IsNoCycle()
    {
        await using var host = Host();

        await host.Get<ICounter>("a").RelayAsync(["b"]);

        Assert.Equal(2, await host.Get<ICounter>("a").RelayAsync(["b"]));
    }

    [Fact]
    public async Task Call_NotAwaitedBackToItsOwnChain_RunsAfterIt()
    {
        await using var host = Host();

        var started = await host.Get<ICounter>("a").StartRelayAsync(["a"]);
        var nested = await host.Get<ICounter>("a").StartRelayAsync(["b", "a"]);

        Assert.Equal(1, await started[0]);
        Assert.Equal(2, await nested[0]);
    }

    [Fact]
    public async Task Watch_TwoChainsInARing_BreaksOneAndTheOtherFinishes()
    {
        var host = Host();
        var gate = new TaskCompletionSource();
        var first = host.Get<ICounter>("a").RelayAfterAsync(gate.Task, ["b"]);
        var second = host.Get<ICounter>("b").RelayAfterAsync(gate.Task, ["a"]);
        await Until(() => log.Notes.Count == 2);
        gate.SetResult();

        // Real threads bring the two turns to where they wait; only then does time move.
        while (!first.IsCompleted && !second.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        var failed = await Task.WhenAny(first, second);
        var thrown = await Assert.ThrowsAsync<EntityCycleException>(() => failed);
        Assert.Equal(thrown.Cycle[0], thrown.Cycle[^1]);
        Assert.Equal(["counter/a", "counter/b"], thrown.Cycle.Distinct().Order());
        Assert.Equal(1, await (failed == first ? second : first));
        await host.StopAsync();
    }

    [Fact]
    public async Task Watch_LongQueueWithoutARing_IsLeftAlone()
    {
        await using var host = Host();
        var gate = new TaskCompletionSource();
        var holder = host.Get<ICounter>("b").NoteAsync("done", gate.Task);
        var waiting = host.Get<ICounter>("a").RelayAsync(["b"]);

        clock.Advance(TimeSpan.FromHours(1));
        gate.SetResult();

        await holder;
        Assert.Equal(1, await waiting);
    }

    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Yield();
        }
    }

    private EntityHost Host() => new(new MemoryStateStore(), [Counter.Type(log)], new EntityHostOptions(), clock);
}
