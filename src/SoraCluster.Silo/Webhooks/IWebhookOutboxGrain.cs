using SoraCluster.Domain.Webhooks;

namespace SoraCluster.Silo.Webhooks;

/// <summary><see cref="IWebhookOutbox"/> in the cluster.</summary>
public interface IWebhookOutboxGrain : IWebhookOutbox, IGrainWithStringKey;
