namespace SoraCluster.Domain.Artifacts;

/// <param name="Key">Segments of <c>[A-Za-z0-9._-]</c> separated by <c>/</c>; no segment is <c>.</c> or <c>..</c>.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Digest of the bytes, hex, when the store knows it.</param>
public sealed record ArtifactInfo(string Key, long Length, string? Sha256);
