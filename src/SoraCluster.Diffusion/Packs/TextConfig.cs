namespace SoraCluster.Diffusion.Packs;

/// <summary>The configuration of a text encoder.</summary>
public abstract record TextConfig : ComponentConfig
{
    /// <summary>Values of each token's vector.</summary>
    public abstract int Width { get; }

    /// <summary>Values of the vector for the whole prompt; 0 where the encoder makes none.</summary>
    public abstract int PooledWidth { get; }
}
