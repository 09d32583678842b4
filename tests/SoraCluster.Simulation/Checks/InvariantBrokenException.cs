namespace SoraCluster.Simulation.Checks;

/// <summary>What must always hold did not.</summary>
public sealed class InvariantBrokenException(string invariant, string what) : Exception($"{invariant}: {what}")
{
    /// <summary>I1 to I9, as in the design.</summary>
    public string Invariant { get; } = invariant;
}
