namespace SoraCluster.Diffusion.Packs;

/// <summary>The configuration of the network that denoises.</summary>
public abstract record TransformerConfig : ComponentConfig
{
    /// <summary>Picture tokens in a window.</summary>
    public abstract int VideoTokens(PackManifest manifest);
}
