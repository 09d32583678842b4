namespace SoraCluster.Silo.Jobs;

/// <summary>The one sweep of the cluster; see <see cref="Domain.Jobs.Sweep"/>. Key: <see cref="Key"/>.</summary>
public interface ISweepGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <summary>Asks for a sweep at once, and returns at once.</summary>
    Task RingAsync();
}
