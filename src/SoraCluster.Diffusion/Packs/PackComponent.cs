namespace SoraCluster.Diffusion.Packs;

/// <summary>One part of a pack.</summary>
/// <param name="Class">What kind of part it is; must agree with <c>model_index.json</c> and with the configuration's <c>_class_name</c>.</param>
/// <param name="Config">Its configuration (JSON), relative to the pack's folder.</param>
/// <param name="Weights">Its weights (safetensors), relative to the pack's folder; null for parts without weights.</param>
public sealed record PackComponent(string Class, string Config, string? Weights = null);
