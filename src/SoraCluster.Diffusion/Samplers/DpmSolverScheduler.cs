namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// DPM-Solver++ (2M) (Lu et al. 2022, arXiv:2211.01095) on the noise levels of a rectified flow, as in diffusers' <c>DPMSolverMultistepScheduler</c>
/// (src/diffusers/schedulers/scheduling_dpmsolver_multistep.py at 58eb52c). It remembers the last clean prediction.
/// </summary>
public sealed class DpmSolverScheduler : IScheduler
{
    private readonly int order;
    private readonly float[] sigmas;
    private readonly float[] timesteps;

    private DpmSolverScheduler(int order, float[] sigmas, float[] timesteps) =>
        (this.order, this.sigmas, this.timesteps) = (order, sigmas, timesteps);

    /// <inheritdoc/>
    public IReadOnlyList<float> Sigmas => sigmas;

    /// <inheritdoc/>
    public IReadOnlyList<float> Timesteps => timesteps;

    /// <summary>The schedule of a run: levels spaced evenly below <c>1 - 1 / num_train_timesteps</c>, then shifted.</summary>
    public static DpmSolverScheduler Create(DpmSolverConfig config, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var least = 1.0 / config.NumTrainTimesteps;
        var stride = (least - 1) / steps;
        var schedule = new double[steps];
        for (var i = 0; i < steps; i++)
        {
            schedule[i] = 1 - (i == 0 ? least : ((steps - i) * stride) + 1);
        }

        FlowSigmas.Shift(schedule, config.FlowShift);
        return new DpmSolverScheduler(
            config.SolverOrder, FlowSigmas.Finish(schedule), FlowSigmas.WholeTimesteps(schedule, config.NumTrainTimesteps));
    }

    /// <inheritdoc/>
    public bool IsStochastic => false;

    /// <inheritdoc/>
    public IScheduler Shifted(float shift) => new DpmSolverScheduler(order, FlowSigmas.Shifted(sigmas, shift), timesteps);

    /// <inheritdoc/>
    public void Advance(in SolverStep at)
    {
        var step = at.Index;
        var sample = at.Sample;
        var clean = at.Clean;
        double from = sigmas[step];
        double to = sigmas[step + 1];
        var kept = to / from;
        var added = -(1 - to) * FlowSigmas.ExpM1(from, to);

        // D1 / 2 = extrapolation * (this prediction - the last one); the first step knows no last one, the last step needs none.
        var extrapolation = order < 2 || step == at.First || to == 0
            ? 0
            : 0.5 * (FlowSigmas.Lambda(to) - FlowSigmas.Lambda(from)) / (FlowSigmas.Lambda(from) - FlowSigmas.Lambda(sigmas[step - 1]));
        var last = extrapolation == 0 ? clean : at.Memory;
        for (var i = 0; i < sample.Length; i++)
        {
            sample[i] = (float)((kept * sample[i]) + (added * (clean[i] + (extrapolation * ((double)clean[i] - last[i])))));
        }

        if (order > 1)
        {
            clean.CopyTo(at.Memory);
        }
    }
}
