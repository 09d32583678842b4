using System.Runtime.CompilerServices;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Gemm;

/// <summary>destination = sums + bias. Rows are wide enough for whole panels.</summary>
internal readonly unsafe struct StoreEpilogue<T>(float* destination, nint stride) : IEpilogue
    where T : struct, ILanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Row(float* sums, float* bias, int row, int column)
    {
        var target = destination + (row * stride) + column;
        (T.Load(sums) + T.Load(bias)).Store(target);
        (T.Load(sums + 16) + T.Load(bias + 16)).Store(target + 16);
    }
}

/// <summary>destination = sums + bias + addend, row by row.</summary>
internal readonly unsafe struct AddEpilogue<T>(float* destination, nint stride, float* addend) : IEpilogue
    where T : struct, ILanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Row(float* sums, float* bias, int row, int column)
    {
        var target = destination + (row * stride) + column;
        var more = addend + (row * stride) + column;
        (T.Load(sums) + T.Load(bias) + T.Load(more)).Store(target);
        (T.Load(sums + 16) + T.Load(bias + 16) + T.Load(more + 16)).Store(target + 16);
    }
}

/// <summary>destination = gelu(sums + bias).</summary>
internal readonly unsafe struct GeluEpilogue<T>(float* destination, nint stride) : IEpilogue
    where T : struct, ILanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Row(float* sums, float* bias, int row, int column)
    {
        var target = destination + (row * stride) + column;
        VectorMath.Gelu(T.Load(sums) + T.Load(bias)).Store(target);
        VectorMath.Gelu(T.Load(sums + 16) + T.Load(bias + 16)).Store(target + 16);
    }
}

/// <summary>destination = silu(sums + bias).</summary>
internal readonly unsafe struct SiluEpilogue<T>(float* destination, nint stride) : IEpilogue
    where T : struct, ILanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Row(float* sums, float* bias, int row, int column)
    {
        var target = destination + (row * stride) + column;
        VectorMath.Silu(T.Load(sums) + T.Load(bias)).Store(target);
        VectorMath.Silu(T.Load(sums + 16) + T.Load(bias + 16)).Store(target + 16);
    }
}

/// <summary>destination += gate * (sums + bias); the gate is one row.</summary>
internal readonly unsafe struct ResidualEpilogue<T>(float* destination, nint stride, float* gate) : IEpilogue
    where T : struct, ILanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Row(float* sums, float* bias, int row, int column)
    {
        var target = destination + (row * stride) + column;
        var g = gate + column;
        T.FusedMultiplyAdd(T.Load(g), T.Load(sums) + T.Load(bias), T.Load(target)).Store(target);
        T.FusedMultiplyAdd(T.Load(g + 16), T.Load(sums + 16) + T.Load(bias + 16), T.Load(target + 16)).Store(target + 16);
    }
}
