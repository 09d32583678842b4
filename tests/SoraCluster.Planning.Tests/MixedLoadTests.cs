using SoraCluster.Domain.Steps;
using SoraCluster.Planning.Workload;
using Xunit.Abstractions;

namespace SoraCluster.Planning.Tests;

/// <summary>What the queue is for, against first come, first served and run to the end, on the same arrivals.</summary>
public sealed class MixedLoadTests(ITestOutputHelper output)
{
    /// <summary>Seconds of one step of the order that the reference pack's executor takes on one core.</summary>
    private const double Step = 0.05;

    private static readonly JobKind[] Mix = [new("short", 80, 50, Step), new("long", 20, 500, Step)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Run_ShortAndLongAtLoad80_ShortOnesWaitFarLessAndNothingIsLost(int workers)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var load = new PoissonWorkload(1, 4000, 200, Mix, seed).WithLoad(0.8, workers);
            var ours = Planner.Run(new() { Workers = workers, Seats = 1 }, load.Arrivals());
            var theirs = Planner.Run(new() { Workers = workers, Policy = Policy.FirstCome }, load.Arrivals());

            var byShareAlone = Planner.Run(
                new() { Workers = workers, Seats = 1, Queues = new() { ShortSlack = TimeSpan.Zero } }, load.Arrivals());
            var (mine, other) = (ours.Of("short").Waited(0.95), theirs.Of("short").Waited(0.95));
            var (longOnes, before) = (ours.Of("long").Waited(0.95), byShareAlone.Of("long").Waited(0.95));
            output.WriteLine(
                $"{workers} workers, seed {seed}: short jobs' p95 {mine:F1} s, by share alone {byShareAlone.Of("short").Waited(0.95):F1} s, else {other:F1} s; "
                + $"long ones' {longOnes:F0} s, {before:F0} s, {theirs.Of("long").Waited(0.95):F0} s; throughput {ours.JobsPerSecond / theirs.JobsPerSecond:F4}");
            Assert.True(mine * 5 <= other, $"{workers} workers, seed {seed}: short jobs wait {mine:F1} s, else {other:F1} s");
            Assert.True(longOnes <= before, $"{workers} workers, seed {seed}: long jobs wait {longOnes:F1} s, by share alone {before:F1} s");
            Assert.InRange(ours.JobsPerSecond / theirs.JobsPerSecond, 0.98, 1.02);
            Assert.Equal(4000, ours.Jobs);
        }
    }

    [Fact]
    public void Run_EqualUsersAskForUnequalJobs_GetEqualShares()
    {
        // One user in two asks for long jobs only; all have more to do than can be done.
        var all = Enumerable.Range(0, 20).SelectMany(user => Enumerable.Range(0, 60).Select(i => new Arrival(
            TimeSpan.Zero, $"user-{user}", ServiceClass.Standard, user % 2 == 0 ? 50 : 500, Step, "key", "any"))).ToArray();

        var report = Planner.Run(new() { Workers = 2, Until = TimeSpan.FromSeconds(600) }, all);

        output.WriteLine($"Jain's index is {report.Fairness:F3}");
        Assert.True(report.Fairness >= 0.95, $"Jain's index is {report.Fairness:F3}");
        Assert.Equal(1, report.Utilization, 0.05);
    }

    [Fact]
    public void Run_MoreShortJobsThanCanBeDone_LongOnesAreDoneByAge()
    {
        // Each short job is another owner's: nobody is ahead of anybody, and something shorter always waits.
        var shorts = Enumerable.Range(0, 4000).Select(i => new Arrival(
            TimeSpan.FromSeconds(2.4 * i), $"user-{i}", ServiceClass.Standard, 50, Step, "key", "short"));
        var longs = Enumerable.Range(0, 5).Select(i => new Arrival(
            TimeSpan.FromSeconds(60 * i), "patient", ServiceClass.Standard, 500, Step, "key", "long"));
        var queues = new QueueOptions { StandardAges = TimeSpan.FromMinutes(5) };

        var report = Planner.Run(new() { Workers = 1, Queues = queues }, shorts.Concat(longs).OrderBy(a => a.At));

        Assert.Equal(5, report.Of("long").Count);
        Assert.True(report.Of("long").Waited(1) < 900, $"one waited {report.Of("long").Waited(1):F0} s");
    }

    [Fact]
    public void Run_OneUserFloodsTheQueue_AnothersFirstJobHardlyWaits()
    {
        var flood = Enumerable.Range(0, 1000).Select(i => new Arrival(TimeSpan.Zero, "flood", ServiceClass.Standard, 50, Step, "key", "flood"));
        var first = new Arrival(TimeSpan.FromSeconds(100), "other", ServiceClass.Standard, 50, Step, "key", "first");

        var report = Planner.Run(new() { Workers = 1 }, [.. flood, first]);

        Assert.True(report.Of("first").Waited(1) < 20, $"it waited {report.Of("first").Waited(1):F1} s of {report.Makespan}");
    }

    [Fact]
    public void Run_PriorityJobsFillTheDevices_RelaxedOnesGetTheirTurnByAge()
    {
        var queues = new QueueOptions { StandardAges = TimeSpan.FromMinutes(1), RelaxedAges = TimeSpan.FromMinutes(2) };
        var busy = Enumerable.Range(0, 2000).Select(i => new Arrival(
            TimeSpan.FromSeconds(2.4 * i), $"user-{i % 5}", ServiceClass.Priority, 50, Step, "key", "priority"));
        var relaxed = Enumerable.Range(0, 10).Select(i => new Arrival(
            TimeSpan.FromSeconds(60 * i), "patient", ServiceClass.Relaxed, 50, Step, "key", "relaxed"));

        var report = Planner.Run(new() { Workers = 1, Queues = queues }, busy.Concat(relaxed).OrderBy(a => a.At));

        Assert.Equal(10, report.Of("relaxed").Count);
        Assert.True(report.Of("relaxed").Waited(1) < 600, $"one waited {report.Of("relaxed").Waited(1):F0} s");
    }
}
