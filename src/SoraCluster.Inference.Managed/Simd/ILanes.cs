namespace SoraCluster.Inference.Managed.Simd;

/// <summary>
/// Sixteen float32 lanes, whatever the hardware's registers hold. Every operation is rounded per lane as IEEE 754 says, and every reduction follows
/// the same tree, so that all implementations give the same bits.
/// </summary>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Lanes in one value.</summary>
    const int Count = 16;

    static abstract bool IsSupported { get; }

    static abstract VectorWidth Width { get; }

    static abstract TSelf Create(float value);

    static abstract TSelf Load(float* source);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a * b + c with one rounding.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The smaller; of zeros either, of a NaN and a number either.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The larger; of zeros either, of a NaN and a number either.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    static abstract TSelf Sqrt(TSelf a);

    /// <summary>value * 2^n, where the lowest nine bits of <paramref name="power"/> are n; the result must be a normal number.</summary>
    static abstract TSelf ScaleByPower(TSelf value, TSelf power);

    /// <summary>Lane i plus lane i + 8, then i + 4, then i + 2, then i + 1.</summary>
    static abstract float Sum(TSelf a);

    /// <summary>The largest lane.</summary>
    static abstract float Largest(TSelf a);

    /// <summary>
    /// <c>c = a b</c> or <c>c += a b</c> for <paramref name="rows"/> rows and one panel of 32 columns. Each element is a chain of fused multiply-adds
    /// over k in ascending order.
    /// </summary>
    /// <param name="rows">Rows of a and c, 1 or more.</param>
    /// <param name="a">[rows, k], <paramref name="lda"/> floats from row to row.</param>
    /// <param name="lda">May be less than k: rows may overlap.</param>
    /// <param name="b">[k, 32], contiguous.</param>
    /// <param name="c">[rows, 32], contiguous.</param>
    /// <param name="k">Length of the chains.</param>
    /// <param name="accumulate">Whether the chains start from c or from zero.</param>
    static abstract void MultiplyPanel(int rows, float* a, nint lda, float* b, float* c, int k, bool accumulate);

    void Store(float* destination);
}
