using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx;

/// <summary>The frame decoder, one latent frame at a time; sound is left to another backend's vocoder.</summary>
internal sealed class OnnxClipDecoder : IClipDecoder
{
    private readonly PackManifest manifest;
    private readonly FrameDecoderConfig config;
    private readonly IClipDecoder sound;
    private readonly Graph graph;
    private readonly float[] latent;
    private readonly float[] frames;
    private readonly byte[] rgb;

    public OnnxClipDecoder(Pack pack, SessionMaker sessions, IClipDecoder sound)
    {
        manifest = pack.Manifest;
        config = pack.Config<FrameDecoderConfig>(PackRoles.VaeDecoder);
        this.sound = sound;
        graph = new Graph(pack, PackRoles.VaeDecoder, sessions, 1);
        var cells = manifest.VideoShape.Dims;
        latent = graph.Input<float>("latent", cells[3], cells[1], cells[2]);
        frames = graph.Output("frames", config.FramesPerLatent, 3, manifest.Height, manifest.Width);
        rgb = new byte[frames.Length];
    }

    public IEnumerable<VideoFrames> DecodeVideo(LatentSet clip)
    {
        var shape = clip.Find(LatentNames.Video);
        var window = manifest.VideoShape;
        if (shape is null || shape.Dims.Length != window.Dims.Length || !shape.Dims.AsSpan(1).SequenceEqual(window.Dims.AsSpan(1)))
        {
            throw new ArgumentException($"The pack decodes {window} of any length, the clip has {string.Join(", ", clip.Shapes)}.", nameof(clip));
        }

        return Decode(clip[LatentNames.Video], shape.Dims[0]);
    }

    public float[] DecodeAudio(LatentSet clip) => sound.DecodeAudio(clip);

    public void Dispose() => graph.Dispose();

    private IEnumerable<VideoFrames> Decode(float[] latents, int count)
    {
        for (var frame = 0; frame < count; frame++)
        {
            ChannelsFirst(latents.AsSpan(frame * latent.Length, latent.Length));
            graph.Run();
            ChannelsLast();
            yield return new VideoFrames(rgb, config.FramesPerLatent, manifest.Height, manifest.Width);
        }
    }

    /// <summary>[H, W, C] to [C, H, W], in the decoder's own units.</summary>
    private void ChannelsFirst(ReadOnlySpan<float> source)
    {
        var channels = config.LatentChannels;
        var cells = source.Length / channels;
        for (var i = 0; i < source.Length; i++)
        {
            var (cell, channel) = (i / channels, i % channels);
            latent[(channel * cells) + cell] = (source[i] * config.LatentsStd[channel]) + config.LatentsMean[channel];
        }
    }

    /// <summary>[N, 3, H, W] in [-1, 1] to [N, H, W, 3] in 0 … 255, rounded to nearest.</summary>
    private void ChannelsLast()
    {
        var pixels = manifest.Height * manifest.Width;
        for (var i = 0; i < frames.Length; i++)
        {
            var (picture, channel, pixel) = (i / (3 * pixels), i / pixels % 3, i % pixels);
            rgb[(((picture * pixels) + pixel) * 3) + channel] = (byte)(((Math.Clamp(frames[i], -1f, 1f) + 1f) * 127.5f) + 0.5f);
        }
    }
}
