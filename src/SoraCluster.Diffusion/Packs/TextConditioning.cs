namespace SoraCluster.Diffusion.Packs;

/// <summary>What the text encoder makes of one prompt.</summary>
/// <param name="Hidden">One vector per token position, padding included: <c>[tokens, width]</c>, row-major.</param>
/// <param name="Pooled">One vector for the whole prompt: <c>[width]</c>.</param>
public sealed record TextConditioning(float[] Hidden, float[] Pooled);
