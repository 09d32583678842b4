using System.Runtime.Intrinsics;

namespace SoraCluster.Diffusion.Latents;

/// <summary>
/// Standard normals from a counter: the same bits on every machine, whatever is asked for first.
/// <para>
/// Element <c>n</c> of a draw comes from block <c>n / 4</c> of <see cref="Philox4x32"/> with the seed as key and the counter
/// <c>(block low, block high, stream, draw)</c>. Each pair of words becomes a pair of normals (Box and Muller 1958) in the double precision of
/// <see cref="StableMath"/>. The largest magnitude that can come out is 6.76.
/// </para>
/// </summary>
public static class PhiloxNoise
{
    private const double TwoToMinus32 = 1.0 / 4294967296.0;

    /// <summary>Elements that are made at once: a pair of normals in each lane of the widest vectors.</summary>
    private const int Chunk = 16;

    /// <summary>Fills with elements <paramref name="offset"/>, offset+1, … of the sequence named by seed, stream and draw.</summary>
    public static void Fill(Span<float> destination, ulong seed, uint stream, ulong offset, uint draw = 0)
    {
        Span<float> chunk = stackalloc float[Chunk];
        for (var done = 0; done < destination.Length;)
        {
            var position = offset + (ulong)done;
            var skip = (int)(position % 4);
            var count = Math.Min(Chunk - skip, destination.Length - done);
            if (count == Chunk)
            {
                FillChunk(destination.Slice(done, Chunk), seed, stream, position / 4, draw);
            }
            else
            {
                FillChunk(chunk, seed, stream, position / 4, draw);
                chunk.Slice(skip, count).CopyTo(destination[done..]);
            }

            done += count;
        }
    }

    /// <summary>Four blocks.</summary>
    private static void FillChunk(Span<float> chunk, ulong seed, uint stream, ulong block, uint draw)
    {
        Span<double> radii = stackalloc double[Chunk / 2], turns = stackalloc double[Chunk / 2];
        for (var i = 0; i < Chunk / 4; i++, block++)
        {
            var (x0, x1, x2, x3) = Philox4x32.Block(seed, (uint)block, (uint)(block >> 32), stream, draw);
            (radii[2 * i], radii[(2 * i) + 1]) = ((x0 + 0.5) * TwoToMinus32, (x2 + 0.5) * TwoToMinus32);
            (turns[2 * i], turns[(2 * i) + 1]) = ((x1 + 0.5) * TwoToMinus32, (x3 + 0.5) * TwoToMinus32);
        }

        var radius = Vector512.Sqrt(-2.0 * StableMath.Log(Vector512.Create<double>(radii)));
        var (sin, cos) = StableMath.SinCosTurns(Vector512.Create<double>(turns));
        (radius * cos).CopyTo(radii);
        (radius * sin).CopyTo(turns);
        for (var i = 0; i < Chunk / 2; i++)
        {
            (chunk[2 * i], chunk[(2 * i) + 1]) = ((float)radii[i], (float)turns[i]);
        }
    }
}
