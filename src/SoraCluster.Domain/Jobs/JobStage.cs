namespace SoraCluster.Domain.Jobs;

/// <summary>What a job in progress is doing.</summary>
public enum JobStage
{
    Waiting,
    Encode,
    Denoise,
    Decode,
    Package,
    Done,
}
