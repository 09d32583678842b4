using SoraCluster.Simulation.Core;

namespace SoraCluster.Simulation.Stores;

/// <summary>
/// How storing behaves: it takes time before and after it takes effect, and may fail on either side. A process that is killed
/// meanwhile leaves the effect there or not, never in part.
/// </summary>
public sealed class SimDisk(SimWorld world, Func<FaultPlan> faults)
{
    public async Task<T> DoAsync<T>(SimProcess process, Func<T> effect)
    {
        await world.PauseUpToAsync(faults().Disk, process);
        FailPerhaps("The disk is full.");
        var result = effect();
        await world.PauseUpToAsync(faults().Disk, process);
        FailPerhaps("The disk did not answer.");
        return result;
    }

    public Task<T> ReadAsync<T>(SimProcess process, Func<T> read) => DoAsync(process, read);

    private void FailPerhaps(string why)
    {
        if (world.Chance(faults().DiskFailure / 2))
        {
            throw new IOException(why);
        }
    }
}
