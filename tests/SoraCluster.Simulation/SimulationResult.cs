namespace SoraCluster.Simulation;

/// <param name="Broken">The invariant that did not hold, or what failed; null when all was well.</param>
/// <param name="Trace">A digest of the schedule: the same seed and settings give the same.</param>
/// <param name="LongestWait">For a worker, after the last fault.</param>
/// <param name="Scene">Who had what when it broke.</param>
public sealed record SimulationResult(
    int Seed, Exception? Broken, long Events, TimeSpan VirtualTime, int Accepted, int Ended, TimeSpan LongestWait, ulong Trace, FaultPlan Faults, string? Scene);
