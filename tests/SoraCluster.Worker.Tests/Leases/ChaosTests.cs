using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Leases;

/// <summary>Everything that can go wrong between worker, queue and store, at random, from a seed.</summary>
public sealed class ChaosTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Run_CallsFailLeasesExpireJobsYield_EveryJobEndsOnceWithTheUndisturbedResult(int seed)
    {
        var random = new Random(seed);
        var dice = new Lock();
        bool Happens(double chance)
        {
            lock (dice)
            {
                return random.NextDouble() < chance;
            }
        }

        var queue = new FakeQueue { Quantum = 2 };
        var store = new MemoryStore
        {
            OnWrite = _ => Happens(0.2) ? throw new ArtifactStoreException("full") : Task.CompletedTask,
            OnRead = _ => Happens(0.2) ? throw new ArtifactStoreException("gone") : Task.CompletedTask,
        };
        queue.OnReport = _ => Happens(0.1) ? throw new HttpRequestException("no route") : Task.CompletedTask;
        queue.OnAnswer = _ =>
        {
            if (Happens(0.1))
            {
                throw new HttpRequestException("answer lost");
            }
        };
        queue.Answer = _ => Happens(0.05) ? Directive.Yield : Happens(0.05) ? null : Directive.Continue;
        var options = Rig.Default with { StoreRetryFor = TimeSpan.FromHours(1) };
        await using var one = new Rig { Queue = queue, Store = store, Options = options };
        await using var two = new Rig { Queue = queue, Store = store, Options = options with { WorkerId = "w2" } };
        one.Engine.Auto = two.Engine.Auto = call => call.Complete();
        var specs = Enumerable.Range(0, 8).Select(i => Rig.Job($"job{i}", steps: 5 + (3 * i), seconds: 2 + (i % 2))).ToArray();
        Array.ForEach(specs, spec => queue.Submit(spec));

        one.Start();
        two.Start();
        await one.AdvanceUntilAsync(() =>
        {
            two.Clock.Advance(TimeSpan.FromMilliseconds(20));
            var running = specs.Where(spec => queue[spec.Id] is { Holder: not null, End: null }).ToArray();
            if (running.Length > 0 && Happens(0.01))
            {
                queue.Expire(running[0].Id);
            }

            return Array.TrueForAll(specs, spec => queue[spec.Id].End is not null);
        });

        Assert.All(specs, spec =>
        {
            var job = queue[spec.Id];
            Assert.Equal("completed", job.End);
            Assert.Equal(1, job.Ends);
            Assert.Equal($"{FakeRun.Expected(spec)}", store.Text(job.Result!.Video));
        });
    }
}
