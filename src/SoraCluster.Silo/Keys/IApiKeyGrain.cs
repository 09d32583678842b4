using SoraCluster.Domain.Keys;

namespace SoraCluster.Silo.Keys;

/// <summary><see cref="IApiKey"/> in the cluster.</summary>
public interface IApiKeyGrain : IApiKey, IGrainWithStringKey;
