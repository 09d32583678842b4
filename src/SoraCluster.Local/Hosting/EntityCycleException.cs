namespace SoraCluster.Local.Hosting;

/// <summary>A call between entities would have waited for itself for ever. The message names the ring, caller first.</summary>
public sealed class EntityCycleException(IReadOnlyList<string> cycle)
    : InvalidOperationException(
        $"Entities wait for each other: {string.Join(" → ", cycle)}. An entity runs one call at a time, so this would never end; "
        + "one of these calls must not be awaited inside a turn.")
{
    /// <summary>The entities as <c>type/key</c>; the first and the last are the same one.</summary>
    public IReadOnlyList<string> Cycle { get; } = cycle;
}
