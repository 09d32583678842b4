using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Vocoder;

/// <summary>
/// Sound to normalised log-mel frames, the way back of <see cref="GriffinLim{T}"/>: <c>log(bank · |STFT| + floor)</c>, less the mean, by the deviation, at
/// most <see cref="Reach"/> from 0. Frame k is centred on sample (k + ½) hop, under the symmetric Hann window; beyond the sound there is silence.
/// </summary>
internal sealed unsafe class LogMel<T>
    where T : struct, ILanes<T>
{
    private const int Lanes = ILanes<T>.Count;

    /// <summary>What the denoiser was trained on goes no further.</summary>
    private const float Reach = 4;

    private readonly GriffinLimConfig config;
    private readonly MelBank bank;
    private readonly RealFft<T> transform;
    private readonly float[] window;
    private readonly AlignedBuffer pieces;
    private readonly AlignedBuffer re;
    private readonly AlignedBuffer im;

    public LogMel(GriffinLimConfig config)
    {
        this.config = config;
        bank = new MelBank(config);
        transform = new RealFft<T>(config.NFft);
        window = HannWindow.Symmetric(config.NFft);
        pieces = new AlignedBuffer(config.NFft * Lanes);
        (re, im) = (new AlignedBuffer(bank.Bins * Lanes), new AlignedBuffer(bank.Bins * Lanes));
    }

    /// <param name="samples">Whole hops of them.</param>
    /// <returns>[frames, bands].</returns>
    public float[] Run(ReadOnlySpan<float> samples)
    {
        var frames = samples.Length / config.HopLength;
        var mel = new float[frames * config.NMels];
        for (var first = 0; first < frames; first += Lanes)
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                Fill(samples, ((first + lane) * config.HopLength) + ((config.HopLength - config.NFft) / 2), lane);
            }

            transform.Forward(pieces.Pointer, re.Pointer, im.Pointer);
            for (var lane = 0; lane < Math.Min(Lanes, frames - first); lane++)
            {
                Weigh(lane, mel.AsSpan((first + lane) * config.NMels, config.NMels));
            }
        }

        return mel;
    }

    private void Fill(ReadOnlySpan<float> samples, int start, int lane)
    {
        for (var i = 0; i < window.Length; i++)
        {
            var at = start + i;
            pieces.Pointer[(i * Lanes) + lane] = at >= 0 && at < samples.Length ? samples[at] * window[i] : 0;
        }
    }

    private void Weigh(int lane, Span<float> mel)
    {
        for (var b = 0; b < mel.Length; b++)
        {
            var band = bank.Bands[b];
            double sum = config.MelFloor;
            for (var i = 0; i < band.Weights.Length; i++)
            {
                double x = re.Pointer[((band.First + i) * Lanes) + lane], y = im.Pointer[((band.First + i) * Lanes) + lane];
                sum += band.Weights[i] * Math.Sqrt((x * x) + (y * y));
            }

            mel[b] = Math.Clamp((float)((StableMath.Log(sum) - config.Mean(b)) / config.Deviation(b)), -Reach, Reach);
        }
    }
}
