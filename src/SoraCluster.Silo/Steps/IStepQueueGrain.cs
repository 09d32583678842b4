using SoraCluster.Domain.Steps;

namespace SoraCluster.Silo.Steps;

/// <summary><see cref="IStepQueue"/> in the cluster.</summary>
public interface IStepQueueGrain : IStepQueue, IGrainWithStringKey
{
    /// <summary>Rings the observer's bell with the queue's for <see cref="Messages.Listeners{TObserver}.ForgetAfter"/> from now.</summary>
    Task ListenAsync(IBellObserver observer);
}
