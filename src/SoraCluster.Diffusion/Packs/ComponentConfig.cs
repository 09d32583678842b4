namespace SoraCluster.Diffusion.Packs;

/// <summary>What a component's configuration file says, by component class.</summary>
public abstract record ComponentConfig
{
    /// <summary>The tensors that the component's weights must hold, no more and no less; none for parts without weights.</summary>
    public virtual IEnumerable<TensorSpec> Tensors(PackManifest manifest) => [];

    /// <summary>The first contradiction inside the configuration or between it and the manifest; null when there is none.</summary>
    public virtual Contradiction? Check(PackManifest manifest) => null;
}
