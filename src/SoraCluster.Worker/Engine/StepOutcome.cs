namespace SoraCluster.Worker.Engine;

/// <summary>What became of one step.</summary>
/// <param name="Elapsed">Device time, without the time spent waiting for the device.</param>
/// <param name="Shared">The forward pass failed: no clip has moved. Null when it did not.</param>
/// <param name="Faults">
/// By clip, in the order given: why that one alone could not take the step; null where it did. Empty when none failed.
/// </param>
public sealed record StepOutcome(TimeSpan Elapsed, Exception? Shared, IReadOnlyList<Exception?> Faults)
{
    public Exception? FaultOf(int index) => Faults.Count == 0 ? null : Faults[index];
}
