using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Autoencoder;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;
using SoraCluster.Inference.Managed.Vocoder;

namespace SoraCluster.Inference.Managed;

/// <summary>The frame decoder and the vocoder.</summary>
internal sealed class ManagedClipDecoder<T> : IClipDecoder
    where T : struct, ILanes<T>
{
    private readonly PackManifest manifest;
    private readonly GriffinLim<T> vocoder;

    public ManagedClipDecoder(Pack pack, ThreadTeam team)
    {
        manifest = pack.Manifest;
        using var weights = pack.OpenWeights(PackRoles.VaeDecoder);
        Frames = new FrameDecoder<T>(manifest.VideoShape, pack.Config<FrameDecoderConfig>(PackRoles.VaeDecoder), weights, team);
        vocoder = new GriffinLim<T>(pack.Config<GriffinLimConfig>(PackRoles.Vocoder), team);
    }

    internal FrameDecoder<T> Frames { get; }

    public IEnumerable<VideoFrames> DecodeVideo(LatentSet clip)
    {
        var video = Check(clip, LatentNames.Video, manifest.VideoShape);
        return Decode(clip[LatentNames.Video], video.Count / video.Dims[0]);
    }

    public float[] DecodeAudio(LatentSet clip)
    {
        Check(clip, LatentNames.Audio, manifest.AudioShape);
        return vocoder.Run(clip[LatentNames.Audio]);
    }

    public void Dispose()
    {
    }

    private IEnumerable<VideoFrames> Decode(float[] latents, int frameLength)
    {
        for (var start = 0; start < latents.Length; start += frameLength)
        {
            var rgb = Frames.Decode(latents.AsSpan(start, frameLength));
            yield return new VideoFrames(rgb, manifest.Window.FramesPerLatent, Frames.Height, Frames.Width);
        }
    }

    /// <summary>Any length in time, but the pack's shape in everything else.</summary>
    private static LatentShape Check(LatentSet clip, string name, LatentShape window) =>
        clip.Find(name) is { } shape && shape.Dims.Length == window.Dims.Length && shape.Dims.AsSpan(1).SequenceEqual(window.Dims.AsSpan(1))
            ? shape
            : throw new ArgumentException($"The pack decodes {window} of any length, the clip has {string.Join(", ", clip.Shapes)}.", nameof(clip));
}
