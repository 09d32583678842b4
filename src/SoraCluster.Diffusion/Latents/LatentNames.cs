namespace SoraCluster.Diffusion.Latents;

/// <summary>The latents that every pack has.</summary>
public static class LatentNames
{
    /// <summary><c>[T, H, W, C]</c>: latent frames, rows, columns, channels.</summary>
    public const string Video = "video";

    /// <summary><c>[M, B]</c>: mel frames, bands.</summary>
    public const string Audio = "audio";
}
