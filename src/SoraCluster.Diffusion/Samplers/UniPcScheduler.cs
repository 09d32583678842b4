namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// UniPC with B₂(h) (Zhao et al. 2023, arXiv:2302.04867) on the noise levels of a rectified flow, as in diffusers' <c>UniPCMultistepScheduler</c>
/// (src/diffusers/schedulers/scheduling_unipc_multistep.py at 58eb52c). Each step first corrects, with the new prediction, where the step before led
/// to; then it predicts the next. It remembers the last corrected latents and as many clean predictions as its order.
/// </summary>
public sealed class UniPcScheduler : IScheduler
{
    /// <summary>diffusers starts this much below 1, where there would be no signal.</summary>
    private const double FromOne = 1e-6;

    private readonly UniPcConfig config;
    private readonly float[] sigmas;
    private readonly float[] timesteps;

    private UniPcScheduler(UniPcConfig config, float[] sigmas, float[] timesteps) =>
        (this.config, this.sigmas, this.timesteps) = (config, sigmas, timesteps);

    /// <inheritdoc/>
    public IReadOnlyList<float> Sigmas => sigmas;

    /// <inheritdoc/>
    public IReadOnlyList<float> Timesteps => timesteps;

    /// <summary>The schedule of a run: levels spaced evenly from 1 towards <c>1 / num_train_timesteps</c>, which they do not reach, then shifted.</summary>
    public static UniPcScheduler Create(UniPcConfig config, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var stride = ((1.0 / config.NumTrainTimesteps) - 1) / steps;
        var schedule = new double[steps];
        for (var i = 0; i < steps; i++)
        {
            schedule[i] = (i * stride) + 1;
        }

        FlowSigmas.Shift(schedule, config.FlowShift);
        if (config.ShiftTerminal is > 0 and { } terminal)
        {
            FlowSigmas.StretchTo(schedule, terminal);
        }

        if (Math.Abs(schedule[0] - 1) < FromOne)
        {
            schedule[0] -= FromOne;
        }

        return new UniPcScheduler(config, FlowSigmas.Finish(schedule), FlowSigmas.WholeTimesteps(schedule, config.NumTrainTimesteps));
    }

    /// <inheritdoc/>
    public bool IsStochastic => false;

    /// <inheritdoc/>
    public IScheduler Shifted(float shift) => new UniPcScheduler(config, FlowSigmas.Shifted(sigmas, shift), timesteps);

    /// <inheritdoc/>
    public void Advance(in SolverStep at)
    {
        var (step, first, length) = (at.Index, at.First, at.Sample.Length);
        var corrected = at.Memory[..length];
        var predictions = at.Memory[length..];
        if (step > first && config.DisableCorrector?.Contains(step - 1) != true)
        {
            Correct(UniPcWeights.Corrector(sigmas, step - 1, OrderAt(step - 1, first)), corrected, predictions, at.Clean, at.Sample);
        }

        at.Sample.CopyTo(corrected);
        predictions[..^length].CopyTo(predictions[length..]);
        at.Clean.CopyTo(predictions);
        Predict(UniPcWeights.Predictor(sigmas, step, OrderAt(step, first)), predictions, at.Sample);
    }

    /// <summary>As many predictions as there are, and no more than there are levels left.</summary>
    private int OrderAt(int step, int first) => Math.Min(Math.Min(config.SolverOrder, timesteps.Length - step), step - first + 1);

    private static void Correct(
        UniPcWeights weights, ReadOnlySpan<float> last, ReadOnlySpan<float> predictions, ReadOnlySpan<float> clean, Span<float> sample)
    {
        for (var i = 0; i < sample.Length; i++)
        {
            sample[i] = (float)((weights.Sample * last[i]) + Sum(weights.Predictions, predictions, i, sample.Length) + (weights.Next * clean[i]));
        }
    }

    private static void Predict(UniPcWeights weights, ReadOnlySpan<float> predictions, Span<float> sample)
    {
        for (var i = 0; i < sample.Length; i++)
        {
            sample[i] = (float)((weights.Sample * sample[i]) + Sum(weights.Predictions, predictions, i, sample.Length));
        }
    }

    private static double Sum(double[] weights, ReadOnlySpan<float> predictions, int at, int stride)
    {
        var sum = 0.0;
        foreach (var weight in weights)
        {
            sum += weight * predictions[at];
            at += stride;
        }

        return sum;
    }
}
