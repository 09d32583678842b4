namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// The noise levels of one run and the Euler step between them, as in diffusers' <c>FlowMatchEulerDiscreteScheduler</c>
/// (src/diffusers/schedulers/scheduling_flow_match_euler_discrete.py at 58eb52c), number for number: double precision until the schedule is
/// rounded to float32, as NumPy does it there.
/// <para>
/// A quirk is kept. The published constructor shifts the full training schedule and takes <c>sigma_min</c> and <c>sigma_max</c> from the shifted
/// values; <c>set_timesteps</c> then spaces its steps between those two and shifts <em>again</em>. With a fixed shift the last sigma before zero
/// is therefore shifted twice: for shift 3 it is 0.00893, not the 0.00299 that one shift of 1/1000 gives. (<c>sigma_max</c> is 1, which a shift
/// leaves alone.) Models are tuned with that schedule, so it is the one to reproduce. With dynamic shifting it does not occur.
/// </para>
/// </summary>
public sealed class FlowMatchEulerScheduler : IScheduler
{
    private readonly float[] sigmas;
    private readonly int trainTimesteps;

    private FlowMatchEulerScheduler(float[] sigmas, int trainTimesteps, bool stochastic)
    {
        (this.sigmas, this.trainTimesteps, IsStochastic) = (sigmas, trainTimesteps, stochastic);
        Timesteps = Array.ConvertAll(sigmas[..^1], sigma => sigma * trainTimesteps);
    }

    /// <inheritdoc/>
    public IReadOnlyList<float> Sigmas => sigmas;

    /// <inheritdoc/>
    public IReadOnlyList<float> Timesteps { get; }

    /// <inheritdoc/>
    public bool IsStochastic { get; }

    public int Steps => sigmas.Length - 1;

    /// <summary>The schedule of a run.</summary>
    /// <param name="config">The pack's scheduler configuration.</param>
    /// <param name="steps">Solver steps, 1 or more.</param>
    /// <param name="mu">Strength of the dynamic shift; needed with dynamic shifting, ignored without.</param>
    public static FlowMatchEulerScheduler Create(FlowMatchEulerConfig config, int steps, double? mu = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var schedule = Spaced(config, steps);
        if (config.UseDynamicShifting)
        {
            var strength = mu ?? throw new ArgumentNullException(nameof(mu), "Dynamic shifting needs mu.");
            ShiftDynamically(schedule, config.TimeShiftType == "linear" ? strength : Math.Exp(strength));
        }
        else
        {
            FlowSigmas.Shift(schedule, config.Shift);
        }

        if (config.ShiftTerminal is > 0 and { } terminal)
        {
            FlowSigmas.StretchTo(schedule, terminal);
        }

        return new FlowMatchEulerScheduler([.. schedule.Select(sigma => (float)sigma), 0f], config.NumTrainTimesteps, config.StochasticSampling);
    }

    /// <inheritdoc/>
    public IScheduler Shifted(float shift) =>
        new FlowMatchEulerScheduler(Array.ConvertAll(sigmas, sigma => shift * sigma / (1 + ((shift - 1) * sigma))), trainTimesteps, IsStochastic);

    /// <summary>An Euler step, or, with <c>stochastic_sampling</c>, <c>sample = (1 - sigma[step + 1]) * clean + sigma[step + 1] * noise</c>.</summary>
    public void Advance(in SolverStep at)
    {
        if (IsStochastic)
        {
            FlowSigmas.Mix(at.Clean, at.Noise, sigmas[at.Index + 1], at.Sample);
        }
        else
        {
            Advance(at.Index, at.Sample, at.Velocity);
        }
    }

    /// <summary>One step in place: <c>sample += (sigma[step + 1] - sigma[step]) * velocity</c>.</summary>
    public void Advance(int step, Span<float> sample, ReadOnlySpan<float> velocity)
    {
        var delta = sigmas[step + 1] - sigmas[step];
        for (var i = 0; i < sample.Length; i++)
        {
            sample[i] += delta * velocity[i];
        }
    }

    /// <summary><c>numpy.linspace</c> from the largest to the smallest training timestep, as sigmas.</summary>
    private static double[] Spaced(FlowMatchEulerConfig config, int steps)
    {
        double train = config.NumTrainTimesteps;
        var (first, last) = (TrainSigma(config, config.NumTrainTimesteps) * train, TrainSigma(config, 1) * train);
        var schedule = new double[steps];
        var stride = steps > 1 ? (last - first) / (steps - 1) : 0;
        for (var i = 0; i < steps; i++)
        {
            schedule[i] = (i > 0 && i == steps - 1 ? last : (i * stride) + first) / train;
        }

        return schedule;
    }

    /// <summary>One sigma of the training schedule, in float32 as the published constructor computes it: the first of the two shifts.</summary>
    private static float TrainSigma(FlowMatchEulerConfig config, int timestep)
    {
        var sigma = (float)timestep / config.NumTrainTimesteps;
        return config.UseDynamicShifting
            ? sigma
            : (float)config.Shift * sigma / (1f + ((float)(config.Shift - 1) * sigma));
    }

    private static void ShiftDynamically(double[] schedule, double strength)
    {
        for (var i = 0; i < schedule.Length; i++)
        {
            schedule[i] = strength / (strength + ((1 / schedule[i]) - 1));
        }
    }
}
