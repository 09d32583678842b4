using SoraCluster.Local.Hosting;
using SoraCluster.Testing;

namespace SoraCluster.Local.Tests.Hosting;

public sealed class EntityHostTests
{
    private readonly CounterLog log = new();
    private readonly MemoryStateStore store = new();
    private readonly ManualClock clock = new();

    [Fact]
    public async Task Call_ManyAtOnceOnManyThreads_NeverTwoTurnsInOneEntity()
    {
        await using var host = Host();
        var calls = Enumerable.Range(0, 2000).Select(i => Task.Run(() => host.Get<ICounter>($"k{i % 7}").AddAsync()));

        await Task.WhenAll(calls);

        Assert.Equal(1, log.MostAtOnce);
        var sums = await Task.WhenAll(Enumerable.Range(0, 7).Select(k => host.Get<ICounter>($"k{k}").GetAsync()));
        Assert.Equal(2000, sums.Sum());
    }

    [Fact]
    public async Task Call_NobodyBeforeIt_IsDoneOnItsCallersThread()
    {
        await using var host = HostInMemory();

        Assert.True(host.Get<ICounter>("k").TouchAsync().AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Call_BehindAnother_DoesNotKeepItsCaller()
    {
        await using var host = Host();
        var gate = new TaskCompletionSource();
        var first = host.Get<ICounter>("k").NoteAsync("first", gate.Task);

        var second = host.Get<ICounter>("k").TouchAsync().AsTask();

        Assert.False(second.IsCompleted);
        gate.SetResult();
        await first;
        await second;
    }

    [Fact]
    public async Task Call_AwaitsManyOthersAtOnce_GoesOnWithOneAtATime()
    {
        await using var host = Host();
        string[] others = [.. Enumerable.Range(0, 20).Select(i => $"k{i}")];

        for (var round = 1; round <= 100; round++)
        {
            Assert.Equal(others.Length * round, await host.Get<ICounter>("gatherer").GatherAsync(others));
        }

        Assert.Equal(1, log.MostAtOnce);
    }

    [Fact]
    public async Task Call_MakesManyOthers_TheLaterOnesRunSideBySide()
    {
        await using var host = HostInMemory();
        using var barrier = new Barrier(2);

        Assert.True(await host.Get<ICounter>("k").LetMeetAsync(10, barrier));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Call_AnyInterleaving_CountsEveryCallOnce(int seed)
    {
        var scheduler = new SeededScheduler(seed);
        var host = Host(scheduler: scheduler, max: 3);
        var answers = new List<int>();

        var run = scheduler.Run(async () =>
        {
            var calls = Enumerable.Range(0, 60).Select(i => host.Get<ICounter>($"k{i % 5}").RelayAsync([$"r{i % 2}"]));
            answers.AddRange(await Task.WhenAll(calls));
        });

        Assert.True(run.IsCompletedSuccessfully);
        Assert.Equal(1, log.MostAtOnce);
        Assert.Equal(Enumerable.Range(1, 30).SelectMany(n => new[] { n, n }), answers.Order());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Call_SameSeed_RunsTheSameWay(int seed)
    {
        Assert.Equal(Interleaving(seed), Interleaving(seed));
    }

    [Fact]
    public void Call_OtherSeeds_RunOtherWays()
    {
        Assert.True(Enumerable.Range(0, 10).Select(seed => string.Join(',', Interleaving(seed))).Distinct().Count() > 1);
    }

    [Fact]
    public async Task Call_Queued_RunsInOrderOfCalls()
    {
        await using var host = Host();
        var gate = new TaskCompletionSource();
        var counter = host.Get<ICounter>("k");

        var calls = Enumerable.Range(0, 100).Select(i => host.Get<ICounter>("k").NoteAsync($"{i}", gate.Task)).ToArray();
        gate.SetResult();
        await Task.WhenAll(calls);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), log.Notes);
    }

    [Fact]
    public async Task Call_OneEntityWaits_OthersRun()
    {
        await using var host = Host();
        var gate = new TaskCompletionSource();
        var waiting = host.Get<ICounter>("a").NoteAsync("late", gate.Task);

        Assert.Equal(1, await host.Get<ICounter>("b").AddAsync());

        gate.SetResult();
        await waiting;
    }

    [Fact]
    public async Task Call_ValueTasks_AnswerAsTasksDo()
    {
        await using var host = Host();

        Assert.Equal("hello", await host.Get<ICounter>("k").EchoAsync("hello"));
        await host.Get<ICounter>("k").TouchAsync();

        Assert.Equal(["touched k"], log.Notes);
    }

    [Fact]
    public async Task Call_EntityThrows_TypeMessageAndStackArrive()
    {
        await using var host = Host();

        var thrown = await Assert.ThrowsAsync<FormatException>(() => host.Get<ICounter>("k").FailAsync());

        Assert.Equal("On purpose.", thrown.Message);
        Assert.Contains(nameof(Counter.FailAsync), thrown.StackTrace);
        Assert.Equal(1, await host.Get<ICounter>("k").AddAsync());
    }

    [Fact]
    public async Task Call_EntityThrowsBeforeItsFirstAwait_ArrivesInTheTask()
    {
        await using var host = Host();

        var task = host.Get<ICounter>("k").FailAtOnce();

        var thrown = await Assert.ThrowsAsync<FormatException>(() => task);
        Assert.Contains(nameof(Counter.FailAtOnce), thrown.StackTrace);
    }

    [Fact]
    public async Task Call_EntityIsCancelled_CallerIsCancelled()
    {
        await using var host = Host();

        var task = host.Get<ICounter>("k").CancelAsync(new CancellationToken(true));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        Assert.True(task.IsCanceled);
    }

    [Fact]
    public async Task Call_AmbientValueOfTheCaller_IsSeenInTheTurn()
    {
        var ambient = new AsyncLocal<string?>();
        var type = EntityType.InMemory<ICounter>("seer", (_, _) => new Seer(ambient));
        await using var host = new EntityHost(store, [type], new EntityHostOptions(), clock);

        ambient.Value = "one";
        var first = host.Get<ICounter>("k").EchoAsync("");
        ambient.Value = "two";
        var second = host.Get<ICounter>("k").EchoAsync("");

        Assert.Equal("one", await first);
        Assert.Equal("two", await second);
    }

    [Fact]
    public async Task Get_UnknownEntity_Throws()
    {
        await using var host = Host();

        Assert.Throws<ArgumentException>(() => host.Get<IDisposable>("k"));
    }

    [Fact]
    public void Durable_MemberThatIsNoTurn_IsRefused()
    {
        var refused = Assert.Throws<ArgumentException>(
            () => EntityType.InMemory<IDisposable>("bad", (_, _) => throw new InvalidOperationException()));

        Assert.Contains("IDisposable.Dispose", refused.Message);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 25)];

    private EntityHost Host(SeededScheduler? scheduler = null, int max = 1000) =>
        new(store, [Counter.Type(log)], new EntityHostOptions { MaxActivations = max }, clock, scheduler);

    private static IReadOnlyList<string> Interleaving(int seed)
    {
        var log = new CounterLog();
        var scheduler = new SeededScheduler(seed);
        var host = new EntityHost(new MemoryStateStore(), [Counter.Type(log)], new EntityHostOptions(), new ManualClock(), scheduler);
        var run = scheduler.Run(() => Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var number = await host.Get<ICounter>($"k{i % 5}").AddAsync();
            log.Note($"{i}={number}");
        })));
        Assert.Equal((TaskStatus.RanToCompletion, null), (run.Status, run.Exception));
        return log.Notes;
    }

    private EntityHost HostInMemory()
    {
        var inMemory = EntityType.InMemory<ICounter>("counter", (key, entities) => new Counter(key, null!, entities, log));
        return new EntityHost(store, [inMemory], new EntityHostOptions(), clock);
    }

    private sealed class Seer(AsyncLocal<string?> ambient) : ICounter
    {
        public async ValueTask<string> EchoAsync(string text)
        {
            await Task.Yield();
            return ambient.Value ?? "nothing";
        }

        public Task<int> AddAsync() => throw new NotSupportedException();

        public Task<int> GatherAsync(IReadOnlyList<string> keys) => throw new NotSupportedException();

        public Task<int> GetAsync() => throw new NotSupportedException();

        public Task ClearAsync() => throw new NotSupportedException();

        public Task NoteAsync(string name, Task gate) => throw new NotSupportedException();

        public ValueTask TouchAsync() => throw new NotSupportedException();

        public Task FailAsync() => throw new NotSupportedException();

        public Task<int> FailAtOnce() => throw new NotSupportedException();

        public Task CancelAsync(CancellationToken cancellation) => throw new NotSupportedException();

        public Task<int> RelayAsync(IReadOnlyList<string> keys) => throw new NotSupportedException();

        public Task<int> RelayAfterAsync(Task gate, IReadOnlyList<string> keys) => throw new NotSupportedException();

        public Task<bool> MeetAsync(Barrier barrier) => throw new NotSupportedException();

        public Task<bool> LetMeetAsync(int touches, Barrier barrier) => throw new NotSupportedException();

        public Task<Task<int>[]> StartRelayAsync(IReadOnlyList<string> keys) => throw new NotSupportedException();
    }
}
