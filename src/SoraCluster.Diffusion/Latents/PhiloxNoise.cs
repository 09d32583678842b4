namespace SoraCluster.Diffusion.Latents;

/// <summary>
/// Standard normals from a counter: the same bits on every machine, whatever is asked for first.
/// <para>
/// Element <c>n</c> of a stream comes from block <c>n / 4</c> of <see cref="Philox4x32"/> with the seed as key and the counter
/// <c>(block low, block high, stream, 0)</c>. Each pair of words becomes a pair of normals (Box and Muller 1958) in the double precision of
/// <see cref="StableMath"/>. The largest magnitude that can come out is 6.76.
/// </para>
/// </summary>
public static class PhiloxNoise
{
    private const double TwoToMinus32 = 1.0 / 4294967296.0;

    /// <summary>Fills with elements <paramref name="offset"/>, offset+1, … of the sequence named by seed and stream.</summary>
    public static void Fill(Span<float> destination, ulong seed, uint stream, ulong offset)
    {
        Span<float> four = stackalloc float[4];
        for (var done = 0; done < destination.Length;)
        {
            var position = offset + (ulong)done;
            Block(four, seed, stream, position / 4);
            var skip = (int)(position % 4);
            var count = Math.Min(4 - skip, destination.Length - done);
            four.Slice(skip, count).CopyTo(destination[done..]);
            done += count;
        }
    }

    private static void Block(Span<float> four, ulong seed, uint stream, ulong block)
    {
        var (x0, x1, x2, x3) = Philox4x32.Block(seed, (uint)block, (uint)(block >> 32), stream, 0);
        (four[0], four[1]) = Pair(x0, x1);
        (four[2], four[3]) = Pair(x2, x3);
    }

    private static (float, float) Pair(uint radius, uint angle)
    {
        var r = Math.Sqrt(-2.0 * StableMath.Log((radius + 0.5) * TwoToMinus32));
        var (sin, cos) = StableMath.SinCosTurns((angle + 0.5) * TwoToMinus32);
        return ((float)(r * cos), (float)(r * sin));
    }
}
