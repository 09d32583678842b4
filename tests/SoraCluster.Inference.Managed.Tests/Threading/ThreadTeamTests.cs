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
