using Orleans.Concurrency;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Silo.Jobs;

/// <summary>A process in which somebody watches jobs.</summary>
public interface IJobObserver : IGrainObserver
{
    [OneWay]
    Task ChangedAsync(JobSnapshot snapshot);
}
