namespace SoraCluster.Domain.Models;

/// <summary>Another name for a pack (<c>sora-2</c>, <c>sora-2-2025-10-06</c>), pointed at it by the operator so that old code runs unchanged.</summary>
/// <param name="Name">The name that clients send.</param>
/// <param name="Sizes">What sizes other than native ones mean under this name.</param>
/// <param name="DefaultSize">Size of the delivered clip when the request names none; null: the pack's own default.</param>
public sealed record ModelAlias(string Name, SizeRule Sizes = SizeRule.Scale, FrameSize? DefaultSize = null);
