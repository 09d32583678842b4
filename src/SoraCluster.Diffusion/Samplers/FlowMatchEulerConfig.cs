using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// <c>scheduler_config.json</c> of diffusers' <c>FlowMatchEulerDiscreteScheduler</c>, with its defaults.
/// </summary>
/// <param name="NumTrainTimesteps">A timestep is sigma times this.</param>
/// <param name="Shift">Fixed shift of the schedule towards noise; 1 means none.</param>
/// <param name="UseDynamicShifting">Shift by the number of picture tokens instead.</param>
/// <param name="BaseShift">mu at <paramref name="BaseImageSeqLen"/> tokens.</param>
/// <param name="MaxShift">mu at <paramref name="MaxImageSeqLen"/> tokens.</param>
/// <param name="BaseImageSeqLen">Tokens.</param>
/// <param name="MaxImageSeqLen">Tokens.</param>
/// <param name="InvertSigmas">Not supported.</param>
/// <param name="ShiftTerminal">Stretches the schedule so that its last sigma before zero is this; null or 0 means not at all.</param>
/// <param name="UseKarrasSigmas">Not supported.</param>
/// <param name="UseExponentialSigmas">Not supported.</param>
/// <param name="UseBetaSigmas">Not supported.</param>
/// <param name="TimeShiftType"><c>exponential</c> or <c>linear</c>: how mu shifts.</param>
/// <param name="StochasticSampling">
/// Each step keeps only what the network takes the clean latents to be, and noises that afresh: errors of earlier steps are forgotten.
/// </param>
public sealed record FlowMatchEulerConfig(
    int NumTrainTimesteps = 1000,
    double Shift = 1.0,
    bool UseDynamicShifting = false,
    double? BaseShift = 0.5,
    double? MaxShift = 1.15,
    int BaseImageSeqLen = 256,
    int MaxImageSeqLen = 4096,
    bool InvertSigmas = false,
    double? ShiftTerminal = null,
    bool UseKarrasSigmas = false,
    bool UseExponentialSigmas = false,
    bool UseBetaSigmas = false,
    string TimeShiftType = "exponential",
    bool StochasticSampling = false) : SchedulerConfig
{
    /// <inheritdoc/>
    public override int MemoryPerElement => 0;

    /// <inheritdoc/>
    public override IScheduler CreateScheduler(int steps, int pictureTokens) =>
        FlowMatchEulerScheduler.Create(this, steps, UseDynamicShifting ? Mu(pictureTokens) : null);

    /// <summary>mu for a number of picture tokens: the line that diffusers' pipelines draw (<c>calculate_shift</c>).</summary>
    public double Mu(int imageTokens)
    {
        var (low, high) = (BaseShift ?? 0.5, MaxShift ?? 1.15);
        var slope = (high - low) / (MaxImageSeqLen - BaseImageSeqLen);
        return (imageTokens * slope) + (low - (slope * BaseImageSeqLen));
    }

    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest) =>
        Contradiction.NotPositive("num_train_timesteps", NumTrainTimesteps) ?? Contradiction.NotPositive("shift", Shift)
        ?? Unsupported("invert_sigmas", InvertSigmas) ?? Unsupported("use_karras_sigmas", UseKarrasSigmas)
        ?? Unsupported("use_exponential_sigmas", UseExponentialSigmas) ?? Unsupported("use_beta_sigmas", UseBetaSigmas)
        ?? Contradiction.Unless(TimeShiftType is "exponential" or "linear", "time_shift_type 'exponential' or 'linear'", $"'{TimeShiftType}'")
        ?? Contradiction.Unless(ShiftTerminal is null or (>= 0 and < 1), "shift_terminal from 0 to below 1", $"{ShiftTerminal}")
        ?? Contradiction.Unless(
            MaxImageSeqLen > BaseImageSeqLen, "max_image_seq_len above base_image_seq_len", $"{MaxImageSeqLen} and {BaseImageSeqLen}");
}
