using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Autoencoder;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;
using SoraCluster.Inference.Managed.Vocoder;

namespace SoraCluster.Inference.Managed;

/// <summary>The frame encoder, and log-mel frames of sound.</summary>
internal sealed class ManagedClipEncoder<T> : IClipEncoder
    where T : struct, ILanes<T>
{
    private readonly FrameEncoder<T> frames;
    private readonly LogMel<T>? sound;

    public ManagedClipEncoder(Pack pack, ThreadTeam team)
    {
        using var weights = pack.OpenWeights(PackRoles.VaeEncoder);
        frames = new FrameEncoder<T>(pack.Manifest, pack.Config<FrameEncoderConfig>(PackRoles.VaeEncoder), weights, team);
        sound = pack.Manifest.HasAudio ? new LogMel<T>(pack.Config<GriffinLimConfig>(PackRoles.Vocoder)) : null;
    }

    public float[] EncodeFrames(ReadOnlySpan<byte> rgb) => frames.Encode(rgb);

    public float[] EncodeAudio(ReadOnlySpan<float> samples) =>
        (sound ?? throw new InvalidOperationException("The pack is silent.")).Run(samples);
}
