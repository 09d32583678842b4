using SoraCluster.Domain.Steps;
using SoraCluster.Testing;

namespace SoraCluster.Domain.Tests.Steps;

public sealed class QueueBellTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public async Task Wait_RungSinceLooked_ReturnsAtOnce()
    {
        var bell = new QueueBell(clock);
        var seen = Seen(bell, "a");
        bell.Ring("a");

        await bell.WaitAsync(seen, TimeSpan.FromHours(1), default);
    }

    [Fact]
    public async Task Wait_AnotherQueueRings_KeepsWaiting()
    {
        var bell = new QueueBell(clock);
        var wait = bell.WaitAsync(Seen(bell, "a", "b"), TimeSpan.FromHours(1), default);
        bell.Ring("c");
        Assert.False(wait.IsCompleted);
        bell.Ring("b");

        await wait;
    }

    [Fact]
    public async Task Wait_TimeIsUp_Returns()
    {
        var bell = new QueueBell(clock);
        var wait = bell.WaitAsync(Seen(bell, "a"), TimeSpan.FromSeconds(5), default);
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(wait.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));

        await wait;
    }

    [Fact]
    public async Task Wait_Cancelled_Throws()
    {
        var bell = new QueueBell(clock);
        using var cancelled = new CancellationTokenSource();
        var wait = bell.WaitAsync(Seen(bell, "a"), TimeSpan.FromSeconds(5), cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task Ring_Once_WakesAllWhoWait()
    {
        var bell = new QueueBell(clock);
        var waits = Enumerable.Range(0, 5).Select(_ => bell.WaitAsync(Seen(bell, "a"), TimeSpan.FromHours(1), default)).ToArray();
        bell.Ring("a");

        await Task.WhenAll(waits);
    }

    private static Dictionary<string, long> Seen(QueueBell bell, params string[] queues) => queues.ToDictionary(q => q, bell.Rings);
}
