using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SoraCluster.Inference.Managed.Gemm;

namespace SoraCluster.Inference.Managed.Simd;

/// <summary>Sixteen lanes in four of the platform's 128-bit vectors. Without a fused multiply-add in hardware it is slow, but the same.</summary>
internal readonly unsafe struct Lanes128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) : ILanes<Lanes128>
{
    private readonly Vector128<float> a = a;
    private readonly Vector128<float> b = b;
    private readonly Vector128<float> c = c;
    private readonly Vector128<float> d = d;

    public static bool IsSupported => true;

    public static VectorWidth Width => VectorWidth.Portable;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Create(float value)
    {
        var all = Vector128.Create(value);
        return new(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) =>
        new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination)
    {
        a.Store(destination);
        b.Store(destination + 4);
        c.Store(destination + 8);
        d.Store(destination + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 x, Lanes128 y) => new(x.a + y.a, x.b + y.b, x.c + y.c, x.d + y.d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 x, Lanes128 y) => new(x.a - y.a, x.b - y.b, x.c - y.c, x.d - y.d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 x, Lanes128 y) => new(x.a * y.a, x.b * y.b, x.c * y.c, x.d * y.d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 x, Lanes128 y) => new(x.a / y.a, x.b / y.b, x.c / y.c, x.d / y.d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 FusedMultiplyAdd(Lanes128 x, Lanes128 y, Lanes128 z) => new(
        Vector128.FusedMultiplyAdd(x.a, y.a, z.a), Vector128.FusedMultiplyAdd(x.b, y.b, z.b),
        Vector128.FusedMultiplyAdd(x.c, y.c, z.c), Vector128.FusedMultiplyAdd(x.d, y.d, z.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 x, Lanes128 y) =>
        new(Vector128.MinNative(x.a, y.a), Vector128.MinNative(x.b, y.b), Vector128.MinNative(x.c, y.c), Vector128.MinNative(x.d, y.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 x, Lanes128 y) =>
        new(Vector128.MaxNative(x.a, y.a), Vector128.MaxNative(x.b, y.b), Vector128.MaxNative(x.c, y.c), Vector128.MaxNative(x.d, y.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Sqrt(Lanes128 x) => new(Vector128.Sqrt(x.a), Vector128.Sqrt(x.b), Vector128.Sqrt(x.c), Vector128.Sqrt(x.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ScaleByPower(Lanes128 value, Lanes128 power) =>
        new(Scale(value.a, power.a), Scale(value.b, power.b), Scale(value.c, power.c), Scale(value.d, power.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes128 x) => Tree.Sum((x.a + x.c) + (x.b + x.d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Lanes128 x) => Tree.Largest(Vector128.MaxNative(Vector128.MaxNative(x.a, x.c), Vector128.MaxNative(x.b, x.d)));

    /// <inheritdoc/>
    public static void MultiplyPanel(int rows, float* a, nint lda, float* b, float* c, int k, bool accumulate) =>
        PortablePanel.Multiply(rows, a, lda, b, c, k, accumulate);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Scale(Vector128<float> value, Vector128<float> power) =>
        (value.AsInt32() + Vector128.ShiftLeft(power.AsInt32(), 23)).AsSingle();
}
