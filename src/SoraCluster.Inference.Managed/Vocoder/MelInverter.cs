using System.Runtime.CompilerServices;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Vocoder;

/// <summary>
/// Log-mel frames to magnitude spectra, sixteen frames at once: a non-negative solution of <c>bank · magnitude = mel</c>, by spreading each band over
/// its bins and then multiplicative updates (Lee and Seung 2001).
/// </summary>
internal sealed unsafe class MelInverter<T>
    where T : struct, ILanes<T>
{
    private const int Lanes = ILanes<T>.Count;
    private const int Updates = 40;

    private readonly GriffinLimConfig config;
    private readonly MelBank bank;
    private readonly float[] spread;
    private readonly float[] share;
    private readonly AlignedBuffer mel;
    private readonly AlignedBuffer rebuilt;
    private readonly AlignedBuffer target;
    private readonly AlignedBuffer found;

    public MelInverter(GriffinLimConfig config)
    {
        this.config = config;
        bank = new MelBank(config);
        spread = [.. bank.Bands.Select(band => (float)(1 / Math.Max(band.Weights.Sum(w => (double)w * w), 1e-9)))];
        share = new float[bank.Bins];
        foreach (var band in bank.Bands)
        {
            for (var i = 0; i < band.Weights.Length; i++)
            {
                share[band.First + i]++;
            }
        }

        share = Array.ConvertAll(share, bands => 1 / Math.Max(bands, 1));
        (mel, rebuilt) = (new AlignedBuffer(bank.Bands.Length * Lanes), new AlignedBuffer(bank.Bands.Length * Lanes));
        (target, found) = (new AlignedBuffer(bank.Bins * Lanes), new AlignedBuffer(bank.Bins * Lanes));
    }

    public int Bins => bank.Bins;

    /// <summary>One group of frames.</summary>
    /// <param name="latents">Normalised log-mel of all frames: [frames, bands].</param>
    /// <param name="first">First frame of the group; frames past the end are silent.</param>
    /// <param name="magnitude">[bins][16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> latents, int first, float* magnitude)
    {
        ReadMel(latents, first);
        Spread(mel.Pointer, target.Pointer, null);
        Spread(mel.Pointer, magnitude, spread);
        for (var bin = 0; bin < Bins; bin++)
        {
            (T.Load(magnitude + (bin * Lanes)) * T.Create(share[bin])).Store(magnitude + (bin * Lanes));
        }

        for (var update = 0; update < Updates; update++)
        {
            Gather(magnitude);
            Spread(rebuilt.Pointer, found.Pointer, null);
            for (var i = 0; i < Bins * Lanes; i += Lanes)
            {
                var ratio = T.Load(target.Pointer + i) / T.Max(T.Load(found.Pointer + i), T.Create(1e-9f));
                (T.Load(magnitude + i) * ratio).Store(magnitude + i);
            }
        }
    }

    private void ReadMel(ReadOnlySpan<float> latents, int first)
    {
        var bands = bank.Bands.Length;
        for (var lane = 0; lane < Lanes; lane++)
        {
            var frame = first + lane;
            for (var band = 0; band < bands; band++)
            {
                // Far below the floor for frames past the end.
                mel.Pointer[(band * Lanes) + lane] = frame * bands < latents.Length
                    ? (latents[(frame * bands) + band] * config.Deviation(band)) + config.Mean(band)
                    : -80f;
            }
        }

        for (var i = 0; i < bands * Lanes; i += Lanes)
        {
            T.Max(VectorMath.Exp(T.Load(mel.Pointer + i)) - T.Create(config.MelFloor), T.Create(0f)).Store(mel.Pointer + i);
        }
    }

    /// <summary>bins = bankᵀ bands, each band scaled by its factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Spread(float* bands, float* bins, float[]? factors)
    {
        new Span<float>(bins, Bins * Lanes).Clear();
        for (var b = 0; b < bank.Bands.Length; b++)
        {
            var band = bank.Bands[b];
            var value = T.Load(bands + (b * Lanes)) * T.Create(factors is null ? 1f : factors[b]);
            for (var i = 0; i < band.Weights.Length; i++)
            {
                var bin = bins + ((band.First + i) * Lanes);
                T.FusedMultiplyAdd(value, T.Create(band.Weights[i]), T.Load(bin)).Store(bin);
            }
        }
    }

    /// <summary>rebuilt = bank magnitude.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(float* magnitude)
    {
        for (var b = 0; b < bank.Bands.Length; b++)
        {
            var band = bank.Bands[b];
            var sum = T.Create(0f);
            for (var i = 0; i < band.Weights.Length; i++)
            {
                sum = T.FusedMultiplyAdd(T.Load(magnitude + ((band.First + i) * Lanes)), T.Create(band.Weights[i]), sum);
            }

            sum.Store(rebuilt.Pointer + (b * Lanes));
        }
    }
}
