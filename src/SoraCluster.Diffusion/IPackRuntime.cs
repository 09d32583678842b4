using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion;

/// <summary>A pack made ready to run: its weights are loaded once and shared by the two parts, which it owns.</summary>
public interface IPackRuntime : IDisposable
{
    Pack Pack { get; }

    IDenoiser Denoiser { get; }

    IClipDecoder Decoder { get; }
}
