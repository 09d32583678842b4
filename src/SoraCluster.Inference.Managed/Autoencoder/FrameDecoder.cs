using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;

namespace SoraCluster.Inference.Managed.Autoencoder;

/// <summary>One latent frame to a few picture frames.</summary>
internal sealed unsafe class FrameDecoder<T>
    where T : struct, ILanes<T>
{
    private readonly FrameDecoderConfig config;
    private readonly ThreadTeam team;
    private readonly PaddedImage input;
    private readonly PaddedImage[] pictures;
    private readonly ConvStack<T> layers;
    private readonly byte[] rgb;
    private readonly Action<int> job;

    public FrameDecoder(LatentShape latent, FrameDecoderConfig config, SafetensorsFile file, ThreadTeam team)
    {
        this.config = config;
        this.team = team;
        var (height, width, frames) = (latent.Dims[1], latent.Dims[2], config.FramesPerLatent);
        var up = config.UpChannels;
        input = new PaddedImage(height, width, config.LatentChannels);
        PaddedImage[] first = [new(height, width, config.MidChannels)], mid = [new(height, width, config.MidChannels)];
        var split = Images(1, config.FrameChannels);
        var twice = Images(2, up[0] / 4);
        var fourTimes = Images(4, up[1] / 4);
        var smooth = Images(4, up[2]);
        pictures = Images(FrameDecoderConfig.Scale, 3);
        layers = new(
            team,
            new(ConvWeights.Read(file, "conv_in", 1), 3, true, [input], first),
            new(ConvWeights.Read(file, "mid", 1), 3, true, first, mid),
            new(ConvWeights.Read(file, "to_frames", 1), 1, false, mid, split),
            new(ConvWeights.Read(file, "up.0", 2), 3, true, split, twice),
            new(ConvWeights.Read(file, "up.1", 2), 3, true, twice, fourTimes),
            new(ConvWeights.Read(file, "up.2", 1), 3, true, fourTimes, smooth),
            new(ConvWeights.Read(file, "conv_out", 2), 3, false, smooth, pictures));
        rgb = new byte[frames * height * width * FrameDecoderConfig.Scale * FrameDecoderConfig.Scale * 3];
        job = Work;

        PaddedImage[] Images(int scale, int channels) =>
            [.. Enumerable.Range(0, frames).Select(_ => new PaddedImage(height * scale, width * scale, channels))];
    }

    public int Height => pictures[0].Height;

    public int Width => pictures[0].Width;

    /// <summary>RGB24 [frames, height, width, 3] of one latent frame; the same memory every time.</summary>
    /// <param name="latent">Normalised: [h, w, channels].</param>
    public ReadOnlyMemory<byte> Decode(ReadOnlySpan<float> latent)
    {
        var channels = config.LatentChannels;
        for (var pixel = 0; pixel < input.Height * input.Width; pixel++)
        {
            var target = input.Pixel(pixel / input.Width, pixel % input.Width);
            for (var c = 0; c < channels; c++)
            {
                target[c] = (latent[(pixel * channels) + c] * config.LatentsStd[c]) + config.LatentsMean[c];
            }
        }

        team.Run(job);
        return rgb;
    }

    /// <summary>The pictures of the last call before rounding, clamped to [-1, 1]: [frames, height, width, 3]. For tests.</summary>
    internal float[] Samples()
    {
        var samples = new float[rgb.Length];
        var rowLength = Width * 3;
        for (var row = 0; row < pictures.Length * Height; row++)
        {
            var source = new ReadOnlySpan<float>(pictures[row / Height].Pixel(row % Height, 0), rowLength);
            for (var i = 0; i < rowLength; i++)
            {
                samples[(row * rowLength) + i] = Math.Clamp(source[i], -1f, 1f);
            }
        }

        return samples;
    }

    private void Work(int worker)
    {
        layers.Run(worker);

        var rows = pictures.Length * Height;
        for (var row = worker * rows / team.Count; row < (worker + 1) * rows / team.Count; row++)
        {
            Quantize(pictures[row / Height].Pixel(row % Height, 0), rgb.AsSpan(row * Width * 3, Width * 3));
        }
    }

    /// <summary>[-1, 1] to 0 … 255, rounded to nearest.</summary>
    private static void Quantize(float* samples, Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(((Math.Clamp(samples[i], -1f, 1f) + 1f) * 127.5f) + 0.5f);
        }
    }
}
