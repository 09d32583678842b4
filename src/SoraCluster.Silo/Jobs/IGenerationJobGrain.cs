using SoraCluster.Domain.Jobs;

namespace SoraCluster.Silo.Jobs;

/// <summary><see cref="IGenerationJob"/> in the cluster.</summary>
public interface IGenerationJobGrain : IGenerationJob, IGrainWithStringKey
{
    /// <summary>Tells the observer of every change for <see cref="Messages.Listeners{TObserver}.ForgetAfter"/> from now.</summary>
    Task ListenAsync(IJobObserver observer);
}
