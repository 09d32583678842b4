using System.Text.Json.Serialization;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Cluster;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Keys;
using SoraCluster.Domain.Presets;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using SoraCluster.Domain.Webhooks;

namespace SoraCluster.Domain.Serialization;

/// <summary>
/// The JSON of every message and state: camel case, enums by name, nulls left out. Written by the compiler, so that nothing is
/// reflected over and a change shows in review.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ArtifactInfo))]
[JsonSerializable(typeof(SoraError))]
[JsonSerializable(typeof(UserState))]
[JsonSerializable(typeof(ReserveSlot))]
[JsonSerializable(typeof(SettleSlot))]
[JsonSerializable(typeof(Reservation))]
[JsonSerializable(typeof(Allowance))]
[JsonSerializable(typeof(JobState))]
[JsonSerializable(typeof(JobSpec))]
[JsonSerializable(typeof(JobSnapshot))]
[JsonSerializable(typeof(SubmitAnswer))]
[JsonSerializable(typeof(AcquireLease))]
[JsonSerializable(typeof(LeaseGrant))]
[JsonSerializable(typeof(LeaseAnswer))]
[JsonSerializable(typeof(StepProgress))]
[JsonSerializable(typeof(CheckpointSaved))]
[JsonSerializable(typeof(ReleaseLease))]
[JsonSerializable(typeof(JobCompleted))]
[JsonSerializable(typeof(JobFailed))]
[JsonSerializable(typeof(JobIndexEntry))]
[JsonSerializable(typeof(JobPageRequest))]
[JsonSerializable(typeof(JobPage))]
[JsonSerializable(typeof(QueueControls))]
[JsonSerializable(typeof(QueueEntry))]
[JsonSerializable(typeof(PullRequest))]
[JsonSerializable(typeof(PullAnswer))]
[JsonSerializable(typeof(WorkerReport))]
[JsonSerializable(typeof(ReportAnswer))]
[JsonSerializable(typeof(QueueStatus))]
[JsonSerializable(typeof(QueueStatus[]))]
[JsonSerializable(typeof(ClusterNode[]))]
[JsonSerializable(typeof(WaitExplanation))]
[JsonSerializable(typeof(QueuePlacement))]
[JsonSerializable(typeof(WebhookState))]
[JsonSerializable(typeof(WebhookDirectoryState))]
[JsonSerializable(typeof(WebhookOutcome))]
[JsonSerializable(typeof(IReadOnlyList<ExpectedJob>))]
[JsonSerializable(typeof(IReadOnlyList<WebhookEndpoint>))]
[JsonSerializable(typeof(IReadOnlyList<WebhookDelivery>))]
[JsonSerializable(typeof(IReadOnlyList<WebhookDispatch>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(PresetShelfState))]
[JsonSerializable(typeof(ApiKeyState))]
[JsonSerializable(typeof(ApiKeyDirectoryState))]
[JsonSerializable(typeof(ApiKeyInfo))]
[JsonSerializable(typeof(ApiKeyEntry))]
[JsonSerializable(typeof(IReadOnlyList<ApiKeyEntry>))]
[JsonSerializable(typeof(IssueApiKey))]
[JsonSerializable(typeof(RotateApiKey))]
[JsonSerializable(typeof(KeyVerdict))]
public sealed partial class DomainJson : JsonSerializerContext;
