namespace SoraCluster.Domain.Jobs;

/// <summary>Where a finished clip lies in the artifact store.</summary>
/// <param name="Video">Key of the MP4.</param>
/// <param name="Thumbnail">Key of the JPEG thumbnail.</param>
/// <param name="SpriteSheet">Key of the JPEG sprite sheet.</param>
/// <param name="Latents">Key of the finished latents (safetensors): what remix, extend and edit start from.</param>
/// <param name="VideoBytes">Size of the MP4.</param>
/// <param name="VideoSha256">Its digest, hex; the ETag of the content.</param>
public sealed record JobResult(
    string Video,
    string Thumbnail,
    string SpriteSheet,
    string Latents,
    long VideoBytes,
    string VideoSha256);
