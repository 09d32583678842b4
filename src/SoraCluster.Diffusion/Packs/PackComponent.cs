namespace SoraCluster.Diffusion.Packs;

/// <summary>One part of a pack.</summary>
/// <param name="Class">What kind of part it is; must agree with <c>model_index.json</c> and with the configuration's <c>_class_name</c>.</param>
/// <param name="Config">Its configuration (JSON; a tokenizer's own file), relative to the pack's folder.</param>
/// <param name="Weights">Its weights (safetensors), relative to the pack's folder; null for parts without weights.</param>
/// <param name="Graph">Its ONNX graph; null when it has none. Only some backends need one.</param>
/// <param name="FirstGraph">The graph of the first chunk, in decoders that carry caches from chunk to chunk.</param>
/// <param name="Data">
/// Files that the graphs point into as external data, so that the pack's fingerprint covers them. Those that are called like a graph with <c>.data</c>
/// or <c>_data</c> added, as exporters do it, need not be named.
/// </param>
/// <param name="Tensors">The graphs' names for their inputs and outputs, by ours; what is not in it has our name.</param>
public sealed record PackComponent(
    string Class, string Config, string? Weights = null, string? Graph = null, string? FirstGraph = null,
    IReadOnlyList<string>? Data = null, IReadOnlyDictionary<string, string>? Tensors = null)
{
    /// <summary>What the graphs call a tensor.</summary>
    public string TensorName(string name) => Tensors?.GetValueOrDefault(name) ?? name;
}
