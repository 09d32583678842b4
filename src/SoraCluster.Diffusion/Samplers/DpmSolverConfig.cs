using System.Text.Json;
using System.Text.Json.Serialization;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// <c>scheduler_config.json</c> of diffusers' <c>DPMSolverMultistepScheduler</c>, with its defaults, for rectified flows: DPM-Solver++ (2M). Where the
/// schedule ends at zero and the order is at most 2, <c>lower_order_final</c> and <c>euler_at_final</c> change nothing.
/// </summary>
/// <param name="NumTrainTimesteps">A timestep is sigma times this.</param>
/// <param name="SolverOrder">Predictions that a step is made from, 1 or 2.</param>
/// <param name="PredictionType">Must say what pack.json's <c>prediction_type</c> says: <c>flow_prediction</c> for velocity, or <c>sample</c>.</param>
/// <param name="Thresholding">Not supported.</param>
/// <param name="AlgorithmType">Must be <c>dpmsolver++</c>.</param>
/// <param name="SolverType">Must be <c>midpoint</c>.</param>
/// <param name="LowerOrderFinal">Changes nothing here.</param>
/// <param name="EulerAtFinal">Changes nothing here.</param>
/// <param name="UseKarrasSigmas">Not supported.</param>
/// <param name="UseExponentialSigmas">Not supported.</param>
/// <param name="UseBetaSigmas">Not supported.</param>
/// <param name="UseLuLambdas">Not supported.</param>
/// <param name="UseFlowSigmas">Must be true.</param>
/// <param name="FlowShift">Fixed shift of the schedule towards noise; 1 means none.</param>
/// <param name="FinalSigmasType">Must be <c>zero</c>.</param>
/// <param name="UseDynamicShifting">Not supported.</param>
public sealed record DpmSolverConfig(
    int NumTrainTimesteps = 1000,
    int SolverOrder = 2,
    string PredictionType = "epsilon",
    bool Thresholding = false,
    string AlgorithmType = "dpmsolver++",
    string SolverType = "midpoint",
    bool LowerOrderFinal = true,
    bool EulerAtFinal = false,
    bool UseKarrasSigmas = false,
    bool UseExponentialSigmas = false,
    bool UseBetaSigmas = false,
    bool UseLuLambdas = false,
    bool UseFlowSigmas = false,
    double FlowShift = 1.0,
    string FinalSigmasType = "zero",
    bool UseDynamicShifting = false) : SchedulerConfig
{
    /// <summary>Options that are none of the above.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <inheritdoc/>
    public override int MemoryPerElement => SolverOrder - 1;

    /// <inheritdoc/>
    public override IScheduler CreateScheduler(int steps, int pictureTokens) => DpmSolverScheduler.Create(this, steps);

    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest) =>
        FlowSolverRules.Check(manifest, NumTrainTimesteps, UseFlowSigmas, FlowShift, PredictionType, FinalSigmasType, Others)
        ?? Contradiction.OutOfRange("solver_order", SolverOrder, 2)
        ?? Contradiction.Unless(AlgorithmType == "dpmsolver++", "algorithm_type 'dpmsolver++'", $"'{AlgorithmType}'")
        ?? Contradiction.Unless(SolverType == "midpoint", "solver_type 'midpoint'", $"'{SolverType}'")
        ?? Unsupported("thresholding", Thresholding) ?? Unsupported("use_dynamic_shifting", UseDynamicShifting)
        ?? Unsupported("use_karras_sigmas", UseKarrasSigmas) ?? Unsupported("use_exponential_sigmas", UseExponentialSigmas)
        ?? Unsupported("use_beta_sigmas", UseBetaSigmas) ?? Unsupported("use_lu_lambdas", UseLuLambdas);
}
