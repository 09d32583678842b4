namespace SoraCluster.Diffusion.Latents;

/// <summary>What packs call their latents.</summary>
public static class LatentNames
{
    /// <summary><c>[T, H, W, C]</c>: latent frames, rows, columns, channels.</summary>
    public const string Video = "video";

    /// <summary><c>[M, B]</c>: mel frames, bands. A silent pack has none.</summary>
    public const string Audio = "audio";
}
