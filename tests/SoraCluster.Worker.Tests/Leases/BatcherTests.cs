using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Leases;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Leases;

public sealed class BatcherTests
{
    private readonly CostProfile costs = new();
    private readonly List<HeldJob> jobs = [];

    [Fact]
    public void Next_LongAndShortStepsAlive_GiveEveryJobTheSameDeviceTime()
    {
        var batcher = new Batcher(costs, TimeSpan.FromSeconds(1), _ => 8);
        var cheap = Add("cheap", "k1");
        var dear = Add("dear", "k2");
        for (var i = 0; i < 1100; i++)
        {
            var batch = batcher.Next(jobs);
            Batcher.Charge(batch, Assert.Single(batch), batch[0] == dear ? 1.0 : 0.01);
        }

        Assert.Equal(cheap.Charged, dear.Charged, 1.01);
    }

    [Fact]
    public void Next_NewcomerAfterALongRun_GetsNoMoreThanTheOthersFromThen()
    {
        var batcher = new Batcher(costs, TimeSpan.FromSeconds(1), _ => 8);
        var old = Add("old", "k1");
        Batcher.Charge([old], old, 1000);
        var young = Add("young", "k2");
        Batcher.Enter(young, jobs);
        var turns = 0;
        for (var i = 0; i < 100; i++)
        {
            var batch = batcher.Next(jobs);
            turns += batch[0] == young ? 1 : 0;
            Batcher.Charge(batch, batch[0], 0.01);
        }

        Assert.InRange(turns, 49, 51);
    }

    [Fact]
    public void RowLimit_MeasuredTimeBeyondTheBudget_IsAsManyRowsAsFit()
    {
        for (var i = 0; i < 20; i++)
        {
            costs.Observe("k", 2, TimeSpan.FromSeconds(0.3));
            costs.Observe("k", 4, TimeSpan.FromSeconds(0.5));
        }

        var batcher = new Batcher(costs, TimeSpan.FromSeconds(0.75), _ => 16);

        Assert.Equal(6, batcher.RowLimit("k", "tiny"));
        Assert.Equal(16, batcher.RowLimit("unknown", "tiny"));
    }

    [Fact]
    public void Next_IsolatedJob_GoesAlone()
    {
        var batcher = new Batcher(costs, TimeSpan.FromSeconds(1), _ => 8);
        Add("a", "k");
        Add("b", "k").Isolated = true;
        Add("c", "k");

        var first = batcher.Next(jobs);
        foreach (var job in first)
        {
            Batcher.Charge(first, job, 1);
        }

        Assert.Equal(["a", "c"], first.Select(job => job.Id));
        Assert.Equal(["b"], batcher.Next(jobs).Select(job => job.Id));
    }

    private HeldJob Add(string id, string key)
    {
        var spec = Rig.Job(id);
        var entry = new QueueEntry(id, "anna", "tiny", key, ServiceClass.Standard, default, 10, 1);
        var job = new HeldJob(new Lease(new LeaseGrant(spec, 1, 0, null, false), entry, 10, TimeSpan.FromMinutes(1)), jobs.Count)
        {
            Stage = JobStage.Denoise,
        };
        jobs.Add(job);
        return job;
    }
}
