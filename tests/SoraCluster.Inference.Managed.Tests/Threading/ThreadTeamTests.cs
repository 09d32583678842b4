using SoraCluster.Inference.Managed.Threading;

namespace SoraCluster.Inference.Managed.Tests.Threading;

public class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_EveryWorker_DoesItsPartOnce(int threads)
    {
        using var team = new ThreadTeam(threads);
        var counts = new int[threads];
        for (var i = 0; i < 50; i++)
        {
            team.Run(worker => counts[worker]++);
        }

        Assert.All(counts, count => Assert.Equal(50, count));
    }

    [Fact]
    public void Await_NobodyGoesOn_BeforeAllHaveCome()
    {
        using var team = new ThreadTeam(3);
        var arrived = new int[20];
        var early = 0;
        team.Run(_ =>
        {
            for (var phase = 0; phase < arrived.Length; phase++)
            {
                Interlocked.Increment(ref arrived[phase]);
                team.Await();
                if (Volatile.Read(ref arrived[phase]) != 3)
                {
                    Interlocked.Increment(ref early);
                }
            }
        });
        Assert.Equal(0, early);
    }

    /// <summary>Jobs of two callers that got mixed up would meet in each other's phases, or wait for ever.</summary>
    [Fact(Timeout = 60_000)]
    public async Task Run_FromTwoThreads_JobsTakeTurns()
    {
        using var team = new ThreadTeam(2);
        var counts = new int[2, 2];
        var (running, mixed) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(caller => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                team.Run(worker =>
                {
                    if (worker == 0 && Interlocked.Increment(ref running) > 1)
                    {
                        Interlocked.Increment(ref mixed);
                    }

                    team.Await();
                    counts[caller, worker]++;
                    team.Await();
                    Interlocked.Add(ref running, worker == 0 ? -1 : 0);
                });
            }
        })));

        Assert.Equal(0, mixed);
        Assert.All(counts.Cast<int>(), count => Assert.Equal(500, count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Run_OneWorkerFails_TheCallerIsToldAndTheTeamStillWorks(int culprit)
    {
        using var team = new ThreadTeam(3);
        var e = Assert.Throws<InvalidOperationException>(() => team.Run(worker =>
        {
            if (worker == culprit)
            {
                throw new InvalidOperationException("on purpose");
            }

            team.Await();
            team.Await();
        }));
        Assert.Equal("on purpose", e.Message);

        var sum = 0;
        team.Run(worker =>
        {
            team.Await();
            Interlocked.Add(ref sum, worker);
        });
        Assert.Equal(3, sum);
    }

    [Fact]
    public void Dispose_Twice_IsFine()
    {
        var team = new ThreadTeam(2);
        team.Dispose();
        team.Dispose();
    }
}
