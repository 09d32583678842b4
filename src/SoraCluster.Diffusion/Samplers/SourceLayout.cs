using SoraCluster.Diffusion.Latents;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// Lays the source's latents out as the clip will lie: what is kept, in its place; what is to be made anew, filled with the source where the noise is
/// mixed with it. The sampler then reads from the clip alone, which its checkpoint holds.
/// </summary>
internal static class SourceLayout
{
    /// <param name="plan">Of the clip to be made.</param>
    /// <param name="source">What is taken.</param>
    /// <param name="sources">The latents of the clips it is made from, one or two, trimmed to their frames.</param>
    /// <param name="clip">Filled; <see cref="WindowPlan.ClipShapes"/>.</param>
    /// <exception cref="ArgumentException">The latents are not those of such clips.</exception>
    public static void Fill(WindowPlan plan, ClipSource source, IReadOnlyList<LatentSet> sources, LatentSet clip)
    {
        if (sources.Count != source.Count || sources.Any(set => !plan.SourceShapes.SequenceEqual(set.Shapes)))
        {
            throw new ArgumentException(
                $"The source is not {source.Count} × {string.Join(", ", plan.SourceShapes.AsEnumerable())}.", nameof(sources));
        }

        foreach (var shape in plan.SourceShapes)
        {
            var first = sources[0][shape.Name];
            var target = clip[shape.Name].AsSpan();
            switch (source.Use)
            {
                case SourceUse.Extend:
                    first.AsSpan(0, plan.Elements(shape.Name, plan.KeptLatentFrames)).CopyTo(target);
                    break;
                case SourceUse.Loop:
                    first.CopyTo(target);
                    first.AsSpan(0, plan.GivenAtEnd(shape.Name)).CopyTo(target[first.Length..]);
                    break;
                case SourceUse.Picture:
                    first.CopyTo(target);
                    break;
                case SourceUse.Blend:
                    Stretch(Transition(first, sources[1][shape.Name], shape.Dims[0]), shape.Dims[0], target);
                    break;
                default:
                    Stretch(first, shape.Dims[0], target);
                    break;
            }
        }
    }

    /// <summary>The last row goes on to the end of the last window, which reaches beyond what was asked for.</summary>
    private static void Stretch(ReadOnlySpan<float> source, int rows, Span<float> target)
    {
        source.CopyTo(target);
        var row = source.Length / rows;
        for (var at = source.Length; at < target.Length; at += row)
        {
            source[^row..].CopyTo(target[at..]);
        }
    }

    /// <summary>From one clip to the other, row (latent frame, mel frame) by row, along <c>3w² − 2w³</c>.</summary>
    private static float[] Transition(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int rows)
    {
        var result = new float[first.Length];
        var row = first.Length / rows;
        for (var i = 0; i < rows; i++)
        {
            var w = (i + 0.5) / rows;
            var at = i * row;
            SphericalMix(first.Slice(at, row), second.Slice(at, row), w * w * (3 - (2 * w)), result.AsSpan(at, row));
        }

        return result;
    }

    /// <summary>
    /// Along the arc between two vectors: the chord, at the length between theirs. Latents are normal in every channel, and the plain mean of two unrelated
    /// ones would be too short by √2. In the middle this is slerp (Shoemake 1985) exactly; it needs no function that differs between machines.
    /// </summary>
    private static void SphericalMix(ReadOnlySpan<float> a, ReadOnlySpan<float> b, double weight, Span<float> result)
    {
        double aa = 0, bb = 0, ab = 0;
        for (var i = 0; i < a.Length; i++)
        {
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
            ab += (double)a[i] * b[i];
        }

        var (u, v) = (1 - weight, weight);
        var chord = Math.Sqrt(Math.Max(0, (u * u * aa) + (2 * u * v * ab) + (v * v * bb)));
        var length = (u * Math.Sqrt(aa)) + (v * Math.Sqrt(bb));
        var scale = chord > length * 1e-6 ? length / chord : 1; // opposite vectors have no arc
        for (var i = 0; i < a.Length; i++)
        {
            result[i] = (float)(scale * ((u * a[i]) + (v * b[i])));
        }
    }
}
