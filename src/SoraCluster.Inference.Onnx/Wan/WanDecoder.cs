using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx.Wan;

/// <summary>Wan's causal decoder: the first latent frame is one picture, each further one several. Silent.</summary>
internal abstract class WanDecoder(Pack pack) : IClipDecoder
{
    private readonly WanDecoderConfig config = pack.Config<WanDecoderConfig>(PackRoles.VaeDecoder);
    private byte[] rgb = [];

    protected PackManifest Manifest { get; } = pack.Manifest;

    /// <summary>The whole clip at once, or chunk by chunk, as the pack's graphs are.</summary>
    /// <exception cref="PackException">A graph is not what the pack says.</exception>
    public static WanDecoder Open(Pack pack, SessionMaker sessions) => pack.Manifest.Components[PackRoles.VaeDecoder].FirstGraph is null
        ? new WholeWanDecoder(pack, sessions)
        : new StreamingWanDecoder(pack, sessions);

    public IEnumerable<VideoFrames> DecodeVideo(LatentSet clip)
    {
        var window = Manifest.VideoShape;
        if (clip.Find(LatentNames.Video) is not { Dims: [var frames, .. var cells] }
            || frames > window.Dims[0] || !cells.AsSpan().SequenceEqual(window.Dims.AsSpan(1)))
        {
            throw new ArgumentException($"The pack decodes {window} or fewer frames, the clip has {string.Join(", ", clip.Shapes)}.", nameof(clip));
        }

        return Decode(clip[LatentNames.Video], frames);
    }

    public float[] DecodeAudio(LatentSet clip) => throw new NotSupportedException("The pack is silent.");

    public abstract void Dispose();

    /// <summary>The pictures of so many latent frames <c>[T, H, W, C]</c>.</summary>
    protected abstract IEnumerable<VideoFrames> Decode(float[] latents, int count);

    /// <summary>Latent frames to <c>[C, T, H, W]</c> in the decoder's own units; where there are too few, the last one repeats.</summary>
    protected void Fill(ReadOnlySpan<float> latents, Span<float> target)
    {
        var channels = config.ZDim;
        var cells = target.Length / channels;
        var frame = Manifest.VideoShape.Count / Manifest.VideoShape.Dims[0];
        for (var i = 0; i < target.Length; i++)
        {
            var (cell, channel) = (i / channels, i % channels);
            var value = latents[i < latents.Length ? i : latents.Length - frame + (i % frame)];
            target[(channel * cells) + cell] = config is { LatentsMean: { } mean, LatentsStd: { } std } ? (value * std[channel]) + mean[channel] : value;
        }
    }

    /// <summary>The first pictures of <c>[3, F, H, W]</c> in [-1, 1] as <c>[n, H, W, 3]</c> in 0 … 255, rounded to nearest.</summary>
    protected VideoFrames Pictures(ReadOnlySpan<float> values, int wanted)
    {
        var count = wanted * Manifest.Height * Manifest.Width * 3;
        var channel = values.Length / 3;
        rgb = rgb.Length < count ? new byte[count] : rgb;
        for (var i = 0; i < count; i++)
        {
            rgb[i] = (byte)(((Math.Clamp(values[(i % 3 * channel) + (i / 3)], -1f, 1f) + 1f) * 127.5f) + 0.5f);
        }

        return new VideoFrames(rgb.AsMemory(0, count), wanted, Manifest.Height, Manifest.Width);
    }
}
