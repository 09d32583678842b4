namespace SoraCluster.Domain.Jobs;

/// <summary>How a clip came to be; recorded in its lineage.</summary>
public enum JobOperation
{
    Create,
    Remix,
    Edit,
    Extend,
    Loop,
    Blend,
}
