namespace SoraCluster.Domain.Uploads;

/// <summary>What an uploaded file has to be.</summary>
public enum UploadKind
{
    /// <summary>JPEG, PNG or WebP.</summary>
    Picture,

    /// <summary>MP4 (QuickTime included) or WebM.</summary>
    Clip,
}
