using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Managed.Vocoder;

/// <summary>
/// Triangular filters on the HTK mel scale, mel(f) = 2595 log10(1 + f / 700), each summing to 1; a band narrower than the bins takes the bin nearest
/// to its centre. Only the bins of each band that are not zero are kept.
/// </summary>
internal sealed class MelBank
{
    public MelBank(GriffinLimConfig config)
    {
        Bins = (config.NFft / 2) + 1;
        var edges = Edges(config);
        Bands = new Band[config.NMels];
        for (var i = 0; i < Bands.Length; i++)
        {
            Bands[i] = MakeBand(edges[i], edges[i + 1], edges[i + 2], (double)config.SampleRate / config.NFft);
        }
    }

    public int Bins { get; }

    public Band[] Bands { get; }

    private static double[] Edges(GriffinLimConfig config)
    {
        var (low, high) = (Mel(config.FMin), Mel(config.FMax));
        var edges = new double[config.NMels + 2];
        for (var i = 0; i < edges.Length; i++)
        {
            edges[i] = Hertz(low + ((high - low) * i / (edges.Length - 1)));
        }

        return edges;
    }

    private static double Mel(double hertz) => 2595 * StableMath.Log(1 + (hertz / 700)) / StableMath.Log(10);

    private static double Hertz(double mel) => 700 * (StableMath.Exp(mel / 2595 * StableMath.Log(10)) - 1);

    private Band MakeBand(double low, double center, double high, double spacing)
    {
        var weights = new double[Bins];
        for (var bin = 0; bin < Bins; bin++)
        {
            var f = bin * spacing;
            weights[bin] = Math.Max(0, Math.Min((f - low) / (center - low + 1e-9), (high - f) / (high - center + 1e-9)));
        }

        if (weights.Sum() < 0.5)
        {
            weights[Math.Clamp((int)Math.Floor((center / spacing) + 0.5), 0, Bins - 1)] = 1;
        }

        var first = Array.FindIndex(weights, weight => weight > 0);
        var last = Array.FindLastIndex(weights, weight => weight > 0);
        var sum = weights.Sum();
        return new Band(first, [.. weights[first..(last + 1)].Select(weight => (float)(weight / sum))]);
    }

    /// <summary>Consecutive bins from <paramref name="First"/> and their weights.</summary>
    public sealed record Band(int First, float[] Weights);
}
