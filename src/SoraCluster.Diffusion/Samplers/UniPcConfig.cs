using System.Text.Json;
using System.Text.Json.Serialization;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary><c>scheduler_config.json</c> of diffusers' <c>UniPCMultistepScheduler</c>, with its defaults, for rectified flows as in Wan 2.1.</summary>
/// <param name="NumTrainTimesteps">A timestep is sigma times this.</param>
/// <param name="SolverOrder">Predictions that a step is made from, 1 to 3; the corrector makes it accurate to one order more.</param>
/// <param name="PredictionType">Must say what pack.json's <c>prediction_type</c> says: <c>flow_prediction</c> for velocity, or <c>sample</c>.</param>
/// <param name="Thresholding">Not supported.</param>
/// <param name="PredictX0">Must be true.</param>
/// <param name="SolverType">Must be <c>bh2</c>: <c>bh1</c> has no value at the last step.</param>
/// <param name="LowerOrderFinal">Must be true: from the last level of all, no higher order leads on.</param>
/// <param name="DisableCorrector">Steps after which the next one's corrector is left out.</param>
/// <param name="SolverP">Not supported.</param>
/// <param name="UseKarrasSigmas">Not supported.</param>
/// <param name="UseExponentialSigmas">Not supported.</param>
/// <param name="UseBetaSigmas">Not supported.</param>
/// <param name="UseFlowSigmas">Must be true.</param>
/// <param name="FlowShift">Fixed shift of the schedule towards noise; 1 means none.</param>
/// <param name="FinalSigmasType">Must be <c>zero</c>.</param>
/// <param name="UseDynamicShifting">Not supported.</param>
/// <param name="ShiftTerminal">Stretches the schedule so that its last sigma before zero is this; null or 0 means not at all.</param>
public sealed record UniPcConfig(
    int NumTrainTimesteps = 1000,
    int SolverOrder = 2,
    string PredictionType = "epsilon",
    bool Thresholding = false,
    bool PredictX0 = true,
    string SolverType = "bh2",
    bool LowerOrderFinal = true,
    int[]? DisableCorrector = null,
    JsonElement? SolverP = null,
    bool UseKarrasSigmas = false,
    bool UseExponentialSigmas = false,
    bool UseBetaSigmas = false,
    bool UseFlowSigmas = false,
    double FlowShift = 1.0,
    string FinalSigmasType = "zero",
    bool UseDynamicShifting = false,
    double? ShiftTerminal = null) : SchedulerConfig
{
    /// <summary>Options that are none of the above.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <inheritdoc/>
    public override int MemoryPerElement => 1 + SolverOrder;

    /// <inheritdoc/>
    public override IScheduler CreateScheduler(int steps, int pictureTokens) => UniPcScheduler.Create(this, steps);

    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest) =>
        FlowSolverRules.Check(manifest, NumTrainTimesteps, UseFlowSigmas, FlowShift, PredictionType, FinalSigmasType, Others)
        ?? Contradiction.OutOfRange("solver_order", SolverOrder, 3)
        ?? Contradiction.Unless(SolverType == "bh2", "solver_type 'bh2'", $"'{SolverType}'")
        ?? Contradiction.Unless(PredictX0, "predict_x0 true", "false") ?? Contradiction.Unless(LowerOrderFinal, "lower_order_final true", "false")
        ?? Contradiction.Unless(SolverP is null or { ValueKind: JsonValueKind.Null }, "solver_p null", $"{SolverP}")
        ?? Unsupported("thresholding", Thresholding) ?? Unsupported("use_dynamic_shifting", UseDynamicShifting)
        ?? Unsupported("use_karras_sigmas", UseKarrasSigmas) ?? Unsupported("use_exponential_sigmas", UseExponentialSigmas)
        ?? Unsupported("use_beta_sigmas", UseBetaSigmas)
        ?? Contradiction.Unless(ShiftTerminal is null or (>= 0 and < 1), "shift_terminal from 0 to below 1", $"{ShiftTerminal}");
}
