using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;

namespace SoraCluster.Inference.Managed.Autoencoder;

/// <summary>A few picture frames to one latent frame: the mirror of <see cref="FrameDecoder{T}"/>.</summary>
internal sealed unsafe class FrameEncoder<T>
    where T : struct, ILanes<T>
{
    /// <summary>Pixels of a picture, in each direction, that become one of the first layer: its channels hold them side by side.</summary>
    private const int Unshuffle = 2;

    private readonly FrameEncoderConfig config;
    private readonly ThreadTeam team;
    private readonly PaddedImage[] pictures;
    private readonly PaddedImage output;
    private readonly Action<int> job;

    public FrameEncoder(PackManifest manifest, FrameEncoderConfig config, SafetensorsFile file, ThreadTeam team)
    {
        this.config = config;
        this.team = team;
        var (height, width) = (manifest.Height / Unshuffle, manifest.Width / Unshuffle);
        pictures = Images(1, 3 * Unshuffle * Unshuffle);
        var whole = Images(1, Channels("conv_in"));
        var half = Images(2, Channels("down.0"));
        PaddedImage[] joined = [new(height / 4, width / 4, Channels("down.1") * config.FramesPerLatent)];
        PaddedImage[] mixed = [Latent(Channels("from_frames"))], mid = [Latent(Channels("mid"))];
        output = Latent(config.LatentChannels);
        var layers = new ConvStack<T>(
            team,
            new(ConvWeights.Read(file, "conv_in", 1), 3, true, pictures, whole),
            new(ConvWeights.Read(file, "down.0", 1), 3, true, whole, half, stride: 2),
            new(ConvWeights.Read(file, "down.1", 1), 3, true, half, joined, stride: 2),
            new(ConvWeights.Read(file, "from_frames", 1), 1, true, joined, mixed),
            new(ConvWeights.Read(file, "mid", 1), 3, true, mixed, mid),
            new(ConvWeights.Read(file, "conv_out", 1), 1, false, mid, [output]));
        job = layers.Run;

        PaddedImage[] Images(int smaller, int channels) =>
            [.. Enumerable.Range(0, config.FramesPerLatent).Select(_ => new PaddedImage(height / smaller, width / smaller, channels))];
        PaddedImage Latent(int channels) => new(height / 4, width / 4, channels);
        int Channels(string layer) => (int)file.Info($"{layer}.weight").Shape[0];
    }

    /// <inheritdoc cref="IClipEncoder.EncodeFrames"/>
    public float[] Encode(ReadOnlySpan<byte> rgb)
    {
        var (height, width) = (pictures[0].Height * Unshuffle, pictures[0].Width * Unshuffle);
        if (rgb.Length != pictures.Length * height * width * 3)
        {
            throw new ArgumentException($"The pack encodes {pictures.Length} frames of {width} x {height} RGB24 at a time, not {rgb.Length} bytes.", nameof(rgb));
        }

        for (var row = 0; row < pictures.Length * height; row++)
        {
            Spread(pictures[row / height], row % height, rgb.Slice(row * width * 3, width * 3));
        }

        team.Run(job);
        return Normalized();
    }

    /// <summary>A row of pixels to where it belongs: channel <c>4 c + 2 (y mod 2) + x mod 2</c>, from 0 … 255 to [-1, 1].</summary>
    private static void Spread(PaddedImage picture, int y, ReadOnlySpan<byte> row)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var (x, color) = (i / 3, i % 3);
            picture.Pixel(y / Unshuffle, x / Unshuffle)[(color * Unshuffle * Unshuffle) + (y % Unshuffle * Unshuffle) + (x % Unshuffle)] =
                (row[i] / 127.5f) - 1;
        }
    }

    private float[] Normalized()
    {
        var channels = config.LatentChannels;
        var latent = new float[output.Height * output.Width * channels];
        for (var i = 0; i < latent.Length; i++)
        {
            var (pixel, c) = (i / channels, i % channels);
            latent[i] = (output.Pixel(pixel / output.Width, pixel % output.Width)[c] - config.LatentsMean[c]) / config.LatentsStd[c];
        }

        return latent;
    }
}
