using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion;

/// <summary>A pack made ready to run: its weights are loaded once and shared by its parts, which it owns.</summary>
public interface IPackRuntime : IDisposable
{
    Pack Pack { get; }

    IDenoiser Denoiser { get; }

    IClipDecoder Decoder { get; }

    /// <summary>Null where the pack starts from words alone (<see cref="PackManifest.StartsFromPicture"/>).</summary>
    IClipEncoder? Encoder { get; }
}
