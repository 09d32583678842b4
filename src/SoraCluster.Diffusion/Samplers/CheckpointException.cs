namespace SoraCluster.Diffusion.Samplers;

/// <summary>A checkpoint was refused: damaged, of another version, or another pack's.</summary>
public sealed class CheckpointException(string message, Exception? cause = null) : Exception(message, cause);
