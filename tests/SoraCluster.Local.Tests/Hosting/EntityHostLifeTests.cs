using System.Text;
using SoraCluster.Domain.State;
using SoraCluster.Local.Hosting;
using SoraCluster.Testing;

namespace SoraCluster.Local.Tests.Hosting;

/// <summary>Activation, deactivation, conflicts and stopping.</summary>
public sealed class EntityHostLifeTests
{
    private readonly CounterLog log = new();
    private readonly MemoryStateStore store = new();
    private readonly ManualClock clock = new();
    private readonly SeededScheduler scheduler = new(1);

    [Fact]
    public void Call_ActiveEntity_LoadsOnce()
    {
        var host = Host();

        Add(host, "k");
        Add(host, "k");

        Assert.Equal(1, store.Loads);
    }

    [Fact]
    public void Sweep_IdleLongEnough_LetsGoAndLoadsAgain()
    {
        var host = Host();
        Add(host, "k");

        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(1, host.ActivationCount);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0, host.ActivationCount);

        Assert.Equal(2, Add(host, "k"));
        Assert.Equal(2, store.Loads);
    }

    [Fact]
    public void Sweep_TurnStillRuns_StaysAndFinishes()
    {
        var host = Host();
        var gate = new TaskCompletionSource();
        var call = scheduler.Run(() => host.Get<ICounter>("k").NoteAsync("done", gate.Task));

        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, host.ActivationCount);

        gate.SetResult();
        scheduler.RunReady();
        Assert.True(call.IsCompletedSuccessfully);
        Assert.Equal(["done"], log.Notes);
    }

    [Fact]
    public void Sweep_KeepActive_Stays()
    {
        var host = Host(keepActive: true);
        Add(host, "k");

        clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(1, host.ActivationCount);
    }

    [Fact]
    public void Activate_MoreThanTheBound_LongestIdleGoFirst()
    {
        var host = Host(max: 20);
        for (var i = 0; i < 100; i++)
        {
            Add(host, $"k{i}");
            clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.InRange(host.ActivationCount, 1, 22);
        }

        var loads = store.Loads;
        Assert.Equal(2, Add(host, "k99"));
        Assert.Equal(loads, store.Loads);
        Assert.Equal(2, Add(host, "k0"));
        Assert.Equal(loads + 1, store.Loads);
    }

    [Fact]
    public void Save_StoredByAnother_ThrowsConflictAndNextCallLoadsAfresh()
    {
        var host = Host();
        Add(host, "k");
        store.Overwrite("counter", "k", Encoding.UTF8.GetBytes("""{"Number":41}"""));

        Assert.Throws<StateConflictException>(() => Add(host, "k"));

        Assert.Equal(42, Add(host, "k"));
    }

    [Fact]
    public void Save_StoreFails_MemoryIsNotUsedAgain()
    {
        var host = Host();
        Add(host, "k");
        store.FailNextSave = new IOException("No disk.");

        Assert.Throws<IOException>(() => Add(host, "k"));

        Assert.Equal(1, scheduler.Do(() => host.Get<ICounter>("k").GetAsync()));
        Assert.Equal(2, store.Loads);
        Assert.Equal(2, Add(host, "k"));
    }

    [Fact]
    public void Clear_Stored_StartsFromNothing()
    {
        var host = Host();
        Add(host, "k");

        scheduler.Run(() => host.Get<ICounter>("k").ClearAsync());

        Assert.Equal(1, Add(host, "k"));
    }

    [Fact]
    public void Load_DamagedState_SaysWhichAndTriesAgain()
    {
        var host = Host();
        store.Overwrite("counter", "k", Encoding.UTF8.GetBytes("{"));

        var thrown = Assert.Throws<InvalidDataException>(() => Add(host, "k"));
        Assert.Contains("counter 'k'", thrown.Message);

        store.Overwrite("counter", "k", Encoding.UTF8.GetBytes("""{"Number":3}"""));
        Assert.Equal(4, Add(host, "k"));
    }

    [Fact]
    public async Task Stop_TurnsQueuedAndNested_AllFinishAndNewOnesAreRefused()
    {
        var host = new EntityHost(store, [Counter.Type(log)], new EntityHostOptions(), clock);
        var gate = new TaskCompletionSource();
        var first = host.Get<ICounter>("a").RelayAfterAsync(gate.Task, ["b", "c"]);
        var second = host.Get<ICounter>("a").AddAsync();

        var stop = host.StopAsync();
        await Assert.ThrowsAsync<EntityHostStoppedException>(() => host.Get<ICounter>("d").AddAsync());
        Assert.False(stop.IsCompleted);
        gate.SetResult();
        await stop;

        Assert.True(first.IsCompletedSuccessfully && second.IsCompletedSuccessfully);
    }

    private int Add(EntityHost host, string key) => scheduler.Do(() => host.Get<ICounter>(key).AddAsync());

    private EntityHost Host(int max = 1000, bool keepActive = false) =>
        new(store, [Counter.Type(log, keepActive)], new EntityHostOptions { MaxActivations = max }, clock, scheduler);
}
