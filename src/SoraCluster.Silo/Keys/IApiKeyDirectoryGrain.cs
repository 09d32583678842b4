using SoraCluster.Domain.Keys;

namespace SoraCluster.Silo.Keys;

/// <summary><see cref="IApiKeyDirectory"/> in the cluster.</summary>
public interface IApiKeyDirectoryGrain : IApiKeyDirectory, IGrainWithStringKey;
