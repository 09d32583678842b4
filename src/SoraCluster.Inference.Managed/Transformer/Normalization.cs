using System.Runtime.CompilerServices;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>Normalisations of single rows; lengths are multiples of 16.</summary>
internal static unsafe class Normalization
{
    /// <summary>y = (x - mean) / sqrt(variance + 1e-5) * scale + shift, the mean and variance over the row (Ba, Kiros and Hinton 2016).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LayerNorm<T>(float* x, float* y, int width, float* scale, float* shift)
        where T : struct, ILanes<T>
    {
        var sum = T.Create(0f);
        for (var i = 0; i < width; i += ILanes<T>.Count)
        {
            sum += T.Load(x + i);
        }

        var mean = T.Create(T.Sum(sum) / width);
        var squares = T.Create(0f);
        for (var i = 0; i < width; i += ILanes<T>.Count)
        {
            var d = T.Load(x + i) - mean;
            squares = T.FusedMultiplyAdd(d, d, squares);
        }

        var inverse = T.Create(1f / MathF.Sqrt((T.Sum(squares) / width) + 1e-5f));
        for (var i = 0; i < width; i += ILanes<T>.Count)
        {
            var normal = (T.Load(x + i) - mean) * inverse;
            T.FusedMultiplyAdd(normal, T.Load(scale + i), T.Load(shift + i)).Store(y + i);
        }
    }

    /// <summary>x = x (1 / max(|x|, 1e-12)) gain, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unit<T>(float* x, int length, float* gain)
        where T : struct, ILanes<T>
    {
        var squares = T.Create(0f);
        for (var i = 0; i < length; i += ILanes<T>.Count)
        {
            var value = T.Load(x + i);
            squares = T.FusedMultiplyAdd(value, value, squares);
        }

        var inverse = T.Create(1f / MathF.Max(MathF.Sqrt(T.Sum(squares)), 1e-12f));
        for (var i = 0; i < length; i += ILanes<T>.Count)
        {
            (T.Load(x + i) * inverse * T.Load(gain + i)).Store(x + i);
        }
    }
}
