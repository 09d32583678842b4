using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Tests;

/// <summary>The widths that this processor has.</summary>
internal static class Widths
{
    public static IEnumerable<VectorWidth> Supported => new[] { VectorWidth.Avx512, VectorWidth.Avx2, VectorWidth.Portable }
        .Where(width => OrPortable(width) == width);

    public static VectorWidth OrPortable(VectorWidth width) => width switch
    {
        VectorWidth.Avx512 when Lanes512.IsSupported => width,
        VectorWidth.Avx2 when Lanes256.IsSupported => width,
        _ => VectorWidth.Portable,
    };

    /// <summary>Runs a generic test body for every supported width.</summary>
    public static void ForEach(IWidthTest test)
    {
        test.Run<Lanes128>();
        if (Lanes256.IsSupported)
        {
            test.Run<Lanes256>();
        }

        if (Lanes512.IsSupported)
        {
            test.Run<Lanes512>();
        }
    }
}
