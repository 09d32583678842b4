using Orleans.Concurrency;

namespace SoraCluster.Silo.Steps;

/// <summary>A process in which somebody waits for work.</summary>
public interface IBellObserver : IGrainObserver
{
    [OneWay]
    Task RangAsync(string queue);
}
