using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion;

/// <summary>A backend: makes packs ready to run.</summary>
public interface IPackRuntimeFactory
{
    /// <exception cref="PackException">The pack is of a kind that this backend cannot run, or its weights are damaged.</exception>
    IPackRuntime Open(Pack pack);
}
