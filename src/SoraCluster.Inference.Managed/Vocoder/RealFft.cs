using System.Runtime.CompilerServices;
using SoraCluster.Diffusion;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Vocoder;

/// <summary>
/// Fourier transforms of real signals, sixteen at once: lane i of every value belongs to signal i. A real transform of length n is a complex one of
/// length n/2 (radix 2, decimation in time) and a pass that separates even and odd samples (Cooley and Tukey 1965; Sorensen et al. 1987).
/// </summary>
internal sealed unsafe class RealFft<T>
    where T : struct, ILanes<T>
{
    private const int Lanes = ILanes<T>.Count;

    private readonly int half;
    private readonly int[] reversed;
    private readonly float[] cos;
    private readonly float[] sin;
    private readonly AlignedBuffer re;
    private readonly AlignedBuffer im;

    /// <param name="length">Samples; a power of two, 4 or more.</param>
    public RealFft(int length)
    {
        half = length / 2;
        var bits = int.Log2(half);
        reversed = new int[half];
        for (var i = 0; i < half; i++)
        {
            reversed[i] = (reversed[i >> 1] >> 1) | ((i & 1) << (bits - 1));
        }

        // e^(-2πi k / n)
        cos = new float[half + 1];
        sin = new float[half + 1];
        for (var k = 0; k <= half; k++)
        {
            var (s, c) = StableMath.SinCosTurns((double)k / length);
            (cos[k], sin[k]) = ((float)c, (float)-s);
        }

        (re, im) = (new AlignedBuffer(half * Lanes), new AlignedBuffer(half * Lanes));
    }

    /// <summary>Samples [n][16] to the spectrum's bins 0 … n/2: [n/2 + 1][16] each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(float* samples, float* spectrumRe, float* spectrumIm)
    {
        for (var i = 0; i < half; i++)
        {
            T.Load(samples + (2 * i * Lanes)).Store(re.Pointer + (reversed[i] * Lanes));
            T.Load(samples + (((2 * i) + 1) * Lanes)).Store(im.Pointer + (reversed[i] * Lanes));
        }

        Transform(re.Pointer, im.Pointer);
        for (var k = 0; k <= half; k++)
        {
            var (a, b) = (k % half * Lanes, (half - k) % half * Lanes);
            T aRe = T.Load(re.Pointer + a), aIm = T.Load(im.Pointer + a), bRe = T.Load(re.Pointer + b), bIm = T.Load(im.Pointer + b);
            T evenRe = aRe + bRe, evenIm = aIm - bIm, oddRe = aIm + bIm, oddIm = bRe - aRe;
            T c = T.Create(0.5f * cos[k]), s = T.Create(0.5f * sin[k]), h = T.Create(0.5f);
            T.FusedMultiplyAdd(evenRe, h, T.FusedMultiplyAdd(oddRe, c, T.Create(0f) - (oddIm * s))).Store(spectrumRe + (k * Lanes));
            T.FusedMultiplyAdd(evenIm, h, T.FusedMultiplyAdd(oddRe, s, oddIm * c)).Store(spectrumIm + (k * Lanes));
        }
    }

    /// <summary>Bins 0 … n/2 to samples; the imaginary parts of the first and last bin are ignored. <c>Inverse(Forward(x)) = x</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Inverse(float* spectrumRe, float* spectrumIm, float* samples)
    {
        // The complex inverse is the forward transform with real and imaginary parts exchanged.
        var norm = 0.5f / half;
        for (var k = 0; k < half; k++)
        {
            var (a, b) = (k * Lanes, (half - k) * Lanes);
            T aRe = T.Load(spectrumRe + a), aIm = T.Load(spectrumIm + a), bRe = T.Load(spectrumRe + b), bIm = T.Load(spectrumIm + b);
            if (k == 0)
            {
                (aIm, bIm) = (T.Create(0f), T.Create(0f));
            }

            T evenRe = aRe + bRe, evenIm = aIm - bIm, differenceRe = aRe - bRe, differenceIm = aIm + bIm;
            T c = T.Create(cos[k]), s = T.Create(-sin[k]), n = T.Create(norm);
            var oddRe = T.FusedMultiplyAdd(differenceRe, c, T.Create(0f) - (differenceIm * s));
            var oddIm = T.FusedMultiplyAdd(differenceRe, s, differenceIm * c);
            ((evenRe - oddIm) * n).Store(im.Pointer + (reversed[k] * Lanes));
            ((evenIm + oddRe) * n).Store(re.Pointer + (reversed[k] * Lanes));
        }

        Transform(re.Pointer, im.Pointer);
        for (var i = 0; i < half; i++)
        {
            T.Load(im.Pointer + (i * Lanes)).Store(samples + (2 * i * Lanes));
            T.Load(re.Pointer + (i * Lanes)).Store(samples + (((2 * i) + 1) * Lanes));
        }
    }

    /// <summary>The complex transform in place, of values in bit-reversed order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transform(float* real, float* imaginary)
    {
        for (var size = 1; size < half; size *= 2)
        {
            for (var j = 0; j < size; j++)
            {
                var twiddle = j * (half / size);
                T c = T.Create(cos[twiddle]), s = T.Create(sin[twiddle]);
                for (var i = j; i < half; i += 2 * size)
                {
                    Butterfly(real + (i * Lanes), imaginary + (i * Lanes), size * Lanes, c, s);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Butterfly(float* real, float* imaginary, int distance, T c, T s)
    {
        T xRe = T.Load(real + distance), xIm = T.Load(imaginary + distance);
        var turnedRe = T.FusedMultiplyAdd(xRe, c, T.Create(0f) - (xIm * s));
        var turnedIm = T.FusedMultiplyAdd(xRe, s, xIm * c);
        T yRe = T.Load(real), yIm = T.Load(imaginary);
        (yRe + turnedRe).Store(real);
        (yIm + turnedIm).Store(imaginary);
        (yRe - turnedRe).Store(real + distance);
        (yIm - turnedIm).Store(imaginary + distance);
    }
}
