namespace SoraCluster.Media;

/// <summary>Limits for a tool that works on what a stranger sent.</summary>
/// <param name="Time">It is killed when this is over, whether it gets on or not.</param>
/// <param name="Memory">Bytes of address space; not enforced on Windows.</param>
internal sealed record ChildLimits(TimeSpan Time, long Memory);
