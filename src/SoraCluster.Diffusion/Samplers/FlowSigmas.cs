namespace SoraCluster.Diffusion.Samplers;

/// <summary>What the schedules of rectified flows share, in double precision until they are rounded to float32, as NumPy does it in diffusers.</summary>
internal static class FlowSigmas
{
    /// <summary>The largest float32 below 1. At 1 itself there would be no signal to take the logarithm of.</summary>
    private const float BelowOne = 0.99999994f;

    /// <summary>Every level's odds <c>sigma / (1 - sigma)</c> times <paramref name="shift"/>.</summary>
    public static void Shift(double[] schedule, double shift)
    {
        for (var i = 0; i < schedule.Length; i++)
        {
            schedule[i] = shift * schedule[i] / (1 + ((shift - 1) * schedule[i]));
        }
    }

    /// <summary>Stretches the distance from 1 so that the last level becomes <paramref name="terminal"/>.</summary>
    public static void StretchTo(double[] schedule, double terminal)
    {
        var scale = (1 - schedule[^1]) / (1 - terminal);
        for (var i = 0; i < schedule.Length; i++)
        {
            schedule[i] = 1 - ((1 - schedule[i]) / scale);
        }
    }

    /// <summary>Rounded to float32, with the final 0.</summary>
    public static float[] Finish(double[] schedule) => [.. schedule.Select(sigma => (float)sigma), 0f];

    /// <summary>Whole timesteps, cut off, not rounded: diffusers casts them to int64 for its multistep solvers.</summary>
    public static float[] WholeTimesteps(double[] schedule, int trainTimesteps) =>
        Array.ConvertAll(schedule, sigma => (float)(long)(sigma * trainTimesteps));

    /// <summary>The levels of a schedule, shifted again.</summary>
    public static float[] Shifted(float[] sigmas, float shift) =>
        Array.ConvertAll(sigmas, sigma => Math.Min(shift * sigma / (1 + ((shift - 1) * sigma)), BelowOne));

    /// <summary>The flow at a level: <c>destination = (1 - sigma) * clean + sigma * noise</c>; the destination may be either of them.</summary>
    public static void Mix(ReadOnlySpan<float> clean, ReadOnlySpan<float> noise, float sigma, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = ((1 - sigma) * clean[i]) + (sigma * noise[i]);
        }
    }

    /// <summary>Half the logarithm of the signal-to-noise ratio, <c>ln((1 - sigma) / sigma)</c>; infinite at 0.</summary>
    public static double Lambda(double sigma) => sigma > 0 ? StableMath.Log(1 - sigma) - StableMath.Log(sigma) : double.PositiveInfinity;

    /// <summary><c>e^(-h) - 1</c> for the distance <c>h</c> between the lambdas of two levels, without a logarithm.</summary>
    public static double ExpM1(double from, double to) => ((1 - from) * to / (from * (1 - to))) - 1;
}
