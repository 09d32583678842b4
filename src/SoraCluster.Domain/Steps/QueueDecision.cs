namespace SoraCluster.Domain.Steps;

/// <summary>One thing a queue decided.</summary>
/// <param name="At">When, by the wall clock.</param>
/// <param name="Reason">Why this job and not another.</param>
/// <param name="Worker">Whom it concerned, if anyone.</param>
/// <param name="Waited">How long the job had waited then.</param>
public sealed record QueueDecision(
    DateTimeOffset At, string JobId, DecisionReason Reason, string? Worker, TimeSpan Waited);
