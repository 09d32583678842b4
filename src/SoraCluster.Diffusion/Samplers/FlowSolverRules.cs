using System.Text.Json;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>What the configurations of the multistep solvers must say to be the rectified flow that is implemented.</summary>
internal static class FlowSolverRules
{
    /// <summary>Options of other noise schedules than the flow's, or of what is refused anyway: nothing depends on them.</summary>
    private static readonly HashSet<string> Idle = new(StringComparer.Ordinal)
    {
        "beta_start", "beta_end", "beta_schedule", "trained_betas", "dynamic_thresholding_ratio", "sample_max_value", "timestep_spacing",
        "steps_offset", "rescale_betas_zero_snr", "time_shift_type", "sigma_min", "sigma_max", "lambda_min_clipped", "variance_type",
    };

    /// <summary>The first contradiction in what both solvers share; null when there is none.</summary>
    /// <param name="manifest">The pack's.</param>
    /// <param name="trainTimesteps">A timestep is sigma times this.</param>
    /// <param name="flowSigmas">The noise schedule is the rectified flow's.</param>
    /// <param name="flowShift">Shift towards noise.</param>
    /// <param name="prediction">What the network's output is, in diffusers' words.</param>
    /// <param name="finalSigmas">Where the schedule ends.</param>
    /// <param name="others">Every option that the configuration has no field for.</param>
    public static Contradiction? Check(
        PackManifest manifest, int trainTimesteps, bool flowSigmas, double flowShift, string prediction, string finalSigmas,
        IReadOnlyDictionary<string, JsonElement>? others) =>
        Contradiction.Unless(flowSigmas, "use_flow_sigmas true", "false")
        ?? Contradiction.NotPositive("num_train_timesteps", trainTimesteps) ?? Contradiction.NotPositive("flow_shift", flowShift)
        ?? Contradiction.Unless(
            prediction == PredictionOf(manifest), $"prediction_type '{PredictionOf(manifest)}' for pack.json's '{manifest.PredictionType}'", $"'{prediction}'")
        ?? Contradiction.Unless(finalSigmas == "zero", "final_sigmas_type 'zero'", $"'{finalSigmas}'")
        ?? Contradiction.Unless(Unknown(others) is null, "only options that are known", $"'{Unknown(others)}'");

    private static string PredictionOf(PackManifest manifest) => manifest.PredictionType == "velocity" ? "flow_prediction" : manifest.PredictionType;

    private static string? Unknown(IReadOnlyDictionary<string, JsonElement>? others) =>
        others?.Keys.FirstOrDefault(name => !name.StartsWith('_') && !Idle.Contains(name));
}
