using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Leases;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Leases;

public sealed class HeldJobTests
{
    [Fact]
    public void Interrupt_AnswerComesAfterItLeft_ChangesNothing()
    {
        var entry = new QueueEntry("job1", "anna", "tiny", "key", ServiceClass.Standard, default, 10, 1);
        var job = new HeldJob(new Lease(new(Rig.Job("job1"), 1, 0, null, false), entry, 10, TimeSpan.FromMinutes(1)), arrival: 0);
        job.Dispose();

        job.Interrupt(Interruption.Lost);

        Assert.Equal(Interruption.None, job.Interruption);
    }

    [Fact]
    public async Task Enter_OneAtATime_LetsInInOrderAndSkipsWhoGaveUp()
    {
        var door = new OneAtATime();
        using var givesUp = new CancellationTokenSource();
        var first = door.EnterAsync(default);
        var second = door.EnterAsync(givesUp.Token);
        var third = door.EnterAsync(default);
        Assert.True(first.IsCompletedSuccessfully);
        Assert.False(second.IsCompleted || third.IsCompleted);

        await givesUp.CancelAsync();
        door.Leave();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await third;
        Assert.False(door.EnterAsync(default).IsCompleted);
    }
}
