using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Worker.Tests.Fakes;

/// <summary>A backend of a few multiplications, so that the worker is tested with real samplers and real checkpoints.</summary>
internal sealed class ArithmeticRuntimes : IPackRuntimeFactory
{
    /// <summary>Called with the rows of every pass, before it is calculated.</summary>
    public Action<int> OnPass { get; set; } = _ => { };

    public IPackRuntime Open(Pack pack) => new Runtime(pack, this);

    private sealed class Runtime(Pack pack, ArithmeticRuntimes owner) : IPackRuntime, IDenoiser, IClipDecoder, IClipEncoder
    {
        public Pack Pack => pack;

        public IDenoiser Denoiser => this;

        public IClipDecoder Decoder => this;

        public IClipEncoder? Encoder => pack.Manifest.StartsFromPicture ? this : null;

        public int MaxBatch => pack.Manifest.MaxBatch;

        public TextConditioning EncodeText(IReadOnlyList<int> tokenIds) =>
            new([.. tokenIds.Select(id => (float)id)], [tokenIds.Sum()]);

        public void Denoise(ReadOnlySpan<DenoiseRow> rows)
        {
            Assert.InRange(rows.Length, 1, MaxBatch);
            owner.OnPass(rows.Length);
            foreach (var row in rows)
            {
                foreach (var shape in row.Latents.Shapes)
                {
                    var (from, to) = (row.Latents[shape.Name], row.Prediction[shape.Name]);
                    for (var i = 0; i < from.Length; i++)
                    {
                        to[i] = MathF.Tanh((from[i] * (1 - (0.5f * row.Sigma))) + (0.1f * row.Text.Pooled[0]));
                    }
                }
            }
        }

        public IEnumerable<VideoFrames> DecodeVideo(LatentSet clip)
        {
            var (width, height, frames) = (pack.Manifest.Width, pack.Manifest.Height, pack.Manifest.Window.FramesPerLatent);
            var rgb = new byte[frames * width * height * 3];
            var groups = clip.Shape(LatentNames.Video).Dims[0];
            var perGroup = clip[LatentNames.Video].Length / groups;
            for (var group = 0; group < groups; group++)
            {
                Array.Fill(rgb, (byte)(128 + (60 * clip[LatentNames.Video][group * perGroup])));
                yield return new VideoFrames(rgb, frames, height, width);
            }
        }

        public float[] DecodeAudio(LatentSet clip) =>
            [.. clip[LatentNames.Audio].SelectMany(value => Enumerable.Repeat(Math.Clamp(value, -1, 1), 6))];

        /// <summary>A latent per patch of pixels: what the patch's own pixels sum up to.</summary>
        public float[] EncodeFrames(ReadOnlySpan<byte> rgb)
        {
            var latent = new float[pack.Manifest.VideoShape.Count / pack.Manifest.VideoShape.Dims[0]];
            for (var i = 0; i < rgb.Length; i++)
            {
                latent[i * (long)latent.Length / rgb.Length] += rgb[i] / 100_000f;
            }

            return latent;
        }

        /// <summary>A latent per few samples: what they sum up to.</summary>
        public float[] EncodeAudio(ReadOnlySpan<float> samples)
        {
            var audio = new float[samples.Length * (long)pack.Manifest.MelFramesPerFrame * pack.Manifest.FrameRate / pack.Manifest.SampleRate * pack.Manifest.AudioShape.Dims[1]];
            for (var i = 0; i < samples.Length; i++)
            {
                audio[i * (long)audio.Length / samples.Length] += samples[i];
            }

            return audio;
        }

        public void Dispose()
        {
        }
    }
}
