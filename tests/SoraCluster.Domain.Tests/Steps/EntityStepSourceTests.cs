using SoraCluster.Domain.Steps;
using SoraCluster.Testing.Hosting;
using SoraCluster.Testing.Steps;

namespace SoraCluster.Domain.Tests.Steps;

public sealed class EntityStepSourceTests : StepSourceConformance
{
    protected override Task<IStepSource> ConnectAsync() => Task.FromResult<IStepSource>(Cluster.Source);

    [Fact]
    public async Task Pull_ForeignShardHasWork_IsTaken()
    {
        var cluster = new TestCluster { Queues = new() { Shards = 8 } };
        for (var i = 0; i < 24; i++)
        {
            await cluster.SubmitAsync(TestCluster.Spec($"job-{i}", owner: $"owner-{i}"));
        }

        var leases = (await cluster.Source.PullAsync(TestCluster.Pull(free: 24), default)).Leases;

        Assert.Equal(24, leases.Select(l => l.JobId).Distinct().Count());
        Assert.True(leases.Select(l => QueueKeys.For("tiny", l.Entry.Owner, 8)).Distinct().Count() > 4);
    }

    [Fact]
    public async Task Report_LeasesOfSeveralShards_AllReachTheirJobs()
    {
        var cluster = new TestCluster { Queues = new() { Shards = 4 } };
        foreach (var owner in new[] { "a", "b", "c", "d", "e" })
        {
            await cluster.SubmitAsync(TestCluster.Spec($"job-{owner}", owner));
        }

        var source = cluster.Source;
        var leases = (await source.PullAsync(TestCluster.Pull(free: 5), default)).Leases;
        var answer = await source.ReportAsync(
            new("w1", [.. leases.Select(l => new LeaseReport(l.JobId, l.Grant.Token, Release: new(l.Grant.Token, false)))]), default);

        Assert.Equal(5, answer.Directives.Count);
        Assert.Equal(5, (await source.PullAsync(TestCluster.Pull(free: 9), default)).Leases.Count);
    }

    [Fact]
    public async Task Pull_Draining_SaysSoAndGivesNothing()
    {
        await Cluster.Queue().DrainAsync("w1", true);
        await Cluster.SubmitAsync(TestCluster.Spec("a"));
        var answer = await Cluster.Source.PullAsync(TestCluster.Pull() with { Wait = TimeSpan.FromHours(1) }, default);

        Assert.Equal((true, 0), (answer.Draining, answer.Leases.Count));
        Assert.Single((await Cluster.Source.PullAsync(TestCluster.Pull("w2"), default)).Leases);
    }
}
