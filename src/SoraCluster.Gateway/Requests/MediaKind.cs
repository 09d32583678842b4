namespace SoraCluster.Gateway.Requests;

/// <summary>Files that can be taken in, told apart by their first bytes.</summary>
internal enum MediaKind
{
    Unknown,
    Jpeg,
    Png,
    WebP,
    Mp4,
    WebM,
}
