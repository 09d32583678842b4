namespace SoraCluster.Domain.Steps.Scheduling;

/// <param name="Decisions">Times are on the scheduler's clock.</param>
public sealed record Explanation(
    string Now,
    TimeSpan Waited,
    IReadOnlyList<(TimeSpan At, DecisionReason Reason, string? Worker, TimeSpan Waited)> Decisions);
