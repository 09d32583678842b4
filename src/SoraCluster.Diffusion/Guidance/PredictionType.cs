namespace SoraCluster.Diffusion.Guidance;

/// <summary>What a network's output is, at noise level sigma with <c>x = (1 - sigma) clean + sigma noise</c>.</summary>
public enum PredictionType
{
    /// <summary>The clean latents.</summary>
    Sample,

    /// <summary><c>noise - clean</c>, the direction of growing sigma.</summary>
    Velocity,
}
