namespace SoraCluster.Diffusion.Packs;

/// <summary>One part of a pack.</summary>
/// <param name="Class">What kind of part it is; must agree with <c>model_index.json</c> and with the configuration's <c>_class_name</c>.</param>
/// <param name="Config">Its configuration (JSON), relative to the pack's folder.</param>
/// <param name="Weights">Its weights (safetensors), relative to the pack's folder; null for parts without weights.</param>
/// <param name="Graph">Its ONNX graph, which points into the weights as external data; null when it has none. Only some backends need one.</param>
public sealed record PackComponent(string Class, string Config, string? Weights = null, string? Graph = null);
