namespace SoraCluster.Domain.Steps;

/// <summary>The answer to "why did I wait".</summary>
/// <param name="Now">What the job waits for at this moment, or that it runs and where; one plain sentence.</param>
/// <param name="Waited">For how long it has waited, or had when it got its lease.</param>
/// <param name="Decisions">What was decided about it, oldest first, as far as it is still remembered.</param>
public sealed record WaitExplanation(string JobId, string Now, TimeSpan Waited, IReadOnlyList<QueueDecision> Decisions);
