namespace SoraCluster.Gateway.Requests;

/// <summary>A file of a multipart body, already in the artifact store.</summary>
/// <param name="Artifact">Its key there.</param>
/// <param name="Type">What its first bytes say it is; the name and type that the client gave are not believed.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Digest of its bytes, hex.</param>
internal sealed record UploadedFile(string Artifact, MediaKind Type, long Length, string Sha256);
