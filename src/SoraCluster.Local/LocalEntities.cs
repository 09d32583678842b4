using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Keys;
using SoraCluster.Domain.Presets;
using SoraCluster.Domain.Serialization;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using SoraCluster.Domain.Webhooks;
using SoraCluster.Local.Hosting;

namespace SoraCluster.Local;

/// <summary>The entities of a local server. The names are in the database: they do not change.</summary>
internal static class LocalEntities
{
    /// <param name="jobs">Resolved late: it refers to the host that is made from these.</param>
    /// <param name="queues">Likewise.</param>
    public static IEnumerable<EntityType> Types(
        LocalServerOptions options, TimeProvider clock, Func<JobServices> jobs, Func<QueueServices> queues) =>
    [
        EntityType.Durable<IUser, UserState>(
            "user", DomainJson.Default.UserState, (_, slot, _) => new User(slot, clock, options.Quotas)),
        EntityType.Durable<IGenerationJob, JobState>(
            "job", DomainJson.Default.JobState, (key, slot, _) => new GenerationJob(key, slot, jobs())),
        EntityType.Durable<IStepQueue, QueueControls>(
            "queue", DomainJson.Default.QueueControls, (key, slot, _) => new StepQueue(key, slot, queues()), keepActive: true),
        EntityType.Durable<IApiKey, ApiKeyState>(
            "api-key", DomainJson.Default.ApiKeyState, (_, slot, _) => new ApiKey(slot, clock)),
        EntityType.Durable<IApiKeyDirectory, ApiKeyDirectoryState>(
            "api-keys", DomainJson.Default.ApiKeyDirectoryState, (_, slot, _) => new ApiKeyDirectory(slot)),
        EntityType.Durable<IWebhookOutbox, WebhookState>(
            "webhook-outbox", DomainJson.Default.WebhookState, (_, slot, _) => new WebhookOutbox(slot, clock)),
        EntityType.Durable<IWebhookDirectory, WebhookDirectoryState>(
            "webhooks", DomainJson.Default.WebhookDirectoryState, (_, slot, _) => new WebhookDirectory(slot)),
        EntityType.Durable<IPresetShelf, PresetShelfState>(
            "presets", DomainJson.Default.PresetShelfState, (_, slot, _) => new PresetShelf(slot)),
    ];
}
