namespace SoraCluster.Diffusion.Packs;

/// <summary>A tensor that weights must hold: its name and dimensions, outermost first.</summary>
public sealed record TensorSpec(string Name, params int[] Shape);
