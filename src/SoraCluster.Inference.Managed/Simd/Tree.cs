using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SoraCluster.Inference.Managed.Simd;

/// <summary>The lower levels of the reduction tree, common to all widths.</summary>
internal static class Tree
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> eight) => Sum(eight.GetLower() + eight.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> four)
    {
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1));
        return two.ToScalar() + two.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector256<float> eight) => Largest(Vector128.MaxNative(eight.GetLower(), eight.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Largest(Vector128<float> four)
    {
        var two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return two.ToScalar() >= two.GetElement(1) ? two.ToScalar() : two.GetElement(1);
    }
}
