using System.ComponentModel.DataAnnotations;
using SoraCluster.Domain.Steps;
using SoraCluster.Planning.Workload;

namespace SoraCluster.Planning.Tests;

public sealed class PlannerTests
{
    private static readonly JobKind[] Kinds = [.. JobKind.Parse("80:20x0.1,20:200x0.1:relaxed")];

    [Fact]
    public void Run_FirstComeWithOneWorker_IsTheLineWorkedOutByHand()
    {
        Arrival[] jobs = [Job(0, 10), Job(1, 5), Job(100, 1)];

        var report = Planner.Run(new() { Policy = Policy.FirstCome }, jobs);

        Assert.Equal((3, 101.0, 16.0), (report.Jobs, report.Makespan.TotalSeconds, report.BusySeconds));
        Assert.Equal((0, 9.0), (report.All.Waited(0.5), report.All.Waited(1)));
        Assert.Equal([2, 0, 1], report.All.Histogram([0, 1, 5, 10]));
    }

    [Fact]
    public void Run_StepQueueWithOneWorker_SharesThePassesFromTheNextBoundary()
    {
        Arrival[] jobs = [Job(0, 4, "a"), Job(0.5, 4, "b")];

        var alone = Planner.Run(new() { Queues = new() { Quantum = TimeSpan.FromMinutes(1) } }, jobs);
        var shared = Planner.Run(new() { SharedPart = 1, Queues = new() { Quantum = TimeSpan.FromMinutes(1) } }, jobs);

        // 1 s alone, then 2 s for each of three passes of two, then 1 s alone; or, with passes that take no longer, 1 + 3 + 1.
        Assert.Equal((8.0, 1.0), (alone.Makespan.TotalSeconds, alone.Utilization));
        Assert.Equal(5.0, shared.Makespan.TotalSeconds);
    }

    [Fact]
    public void Run_SameSeed_IsTheSamePlan()
    {
        var load = new PoissonWorkload(0.5, 2000, 20, Kinds, 7);
        var (one, two) = (Planner.Run(new() { Workers = 3 }, load.Arrivals()), Planner.Run(new() { Workers = 3 }, load.Arrivals()));

        Assert.Equal(2000, one.Jobs);
        Assert.Equal((one.Makespan, one.Yields, one.All.Waited(0.9)), (two.Makespan, two.Yields, two.All.Waited(0.9)));
        Assert.NotEqual(one.Makespan, Planner.Run(new() { Workers = 3 }, (load with { Seed = 8 }).Arrivals()).Makespan);
    }

    [Fact]
    public void Fewest_WaitAskedFor_IsTheSmallestClusterThatKeepsIt()
    {
        var load = new PoissonWorkload(2, 2000, 50, Kinds, 3);
        var found = Sizing.Fewest(new(), load.Arrivals, TimeSpan.FromSeconds(10))!;

        Assert.True(found.All.Waited(0.95) <= 10);
        Assert.True(Planner.Run(new() { Workers = found.Workers - 1 }, load.Arrivals()).All.Waited(0.95) > 10);
    }

    [Fact]
    public void Run_TenThousandWorkers_ServesThemAll()
    {
        var load = new PoissonWorkload(1, 30_000, 1000, Kinds, 5).WithLoad(0.7, 10_000);

        var report = Planner.Run(new() { Workers = 10_000 }, load.Arrivals());

        Assert.Equal(30_000, report.Jobs);
        Assert.True(report.All.Waited(0.95) < 5);
    }

    [Fact]
    public void Run_TooManyWorkers_IsRefused() =>
        Assert.Throws<ValidationException>(() => Planner.Run(new() { Workers = 10_001 }, []));

    [Theory]
    [InlineData("0,ann,standard,20,0.1")]
    [InlineData("# a comment\n\n1.5,ann,Relaxed,20,0.1,key")]
    [InlineData("seconds,user,class,steps,seconds_per_step\n0,ann,priority,1,2")]
    public void Read_GoodTrace_IsRead(string text) => Assert.Single(TraceFile.Read(new StringReader(text)));

    [Theory]
    [InlineData("0,ann,standard,20", "Line 1")]
    [InlineData("0,ann,standard,20,0.1\n0,bob,urgent,20,0.1", "Line 2")]
    [InlineData("5,ann,standard,20,0.1\n4,ann,standard,20,0.1", "earlier")]
    [InlineData("0,ann,standard,0,0.1", "Line 1")]
    [InlineData("nan,ann,standard,1,0.1", "Line 1")]
    public void Read_BadTrace_NamesTheLine(string text, string said) =>
        Assert.Contains(said, Assert.Throws<FormatException>(() => TraceFile.Read(new StringReader(text)).Count()).Message);

    [Theory]
    [InlineData("80")]
    [InlineData("80:20")]
    [InlineData("-1:20x0.1")]
    [InlineData("1:20x0.1:urgent")]
    [InlineData("1:20x0.1,")]
    [InlineData("1:20x0.1:1")]
    [InlineData("1:20xnan")]
    public void Parse_BadMix_SaysHowToWriteIt(string mix) =>
        Assert.Contains("SHARE:STEPSxSECONDS", Assert.Throws<FormatException>(() => JobKind.Parse(mix)).Message);

    private static Arrival Job(double at, int steps, string user = "ann") =>
        new(TimeSpan.FromSeconds(at), user, ServiceClass.Standard, steps, 1, "key", "any");
}
