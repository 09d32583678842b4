using SoraCluster.Simulation.Core;

namespace SoraCluster.Simulation.Stores;

/// <summary>
/// How storing behaves: it takes time before and after it takes effect, and may fail on either side. A process that is killed
/// meanwhile leaves the effect there or not; of an artifact, perhaps a part.
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

    /// <summary>As <see cref="DoAsync"/>, but at first only a part of the bytes may be there.</summary>
    public async Task WriteAsync(SimProcess process, byte[] bytes, Action<byte[]> effect)
    {
        if (world.Chance(faults().Torn))
        {
            await DoAsync(process, () => Put(bytes[..world.Random.Next(bytes.Length)]));
        }

        await DoAsync(process, () => Put(bytes));

        bool Put(byte[] part)
        {
            effect(part);
            return true;
        }
    }

    /// <summary>What was stored, now and then with a bit changed.</summary>
    public byte[] Fetch(byte[] bytes)
    {
        if (bytes.Length == 0 || !world.Chance(faults().Rot))
        {
            return bytes;
        }

        var damaged = bytes.ToArray();
        damaged[world.Random.Next(damaged.Length)] ^= (byte)(1 << world.Random.Next(8));
        return damaged;
    }

    private void FailPerhaps(string why)
    {
        if (world.Chance(faults().DiskFailure / 2))
        {
            throw new IOException(why);
        }
    }
}
