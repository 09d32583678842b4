using SoraCluster.Domain.Webhooks;

namespace SoraCluster.Silo.Webhooks;

/// <summary><see cref="IWebhookDirectory"/> in the cluster.</summary>
public interface IWebhookDirectoryGrain : IWebhookDirectory, IGrainWithStringKey;
