namespace SoraCluster.Domain.Cluster;

/// <summary>Whether a process takes part.</summary>
public enum NodeStatus
{
    /// <summary>It starts.</summary>
    Joining,

    /// <summary>It works.</summary>
    Active,

    /// <summary>It was told to stop, and finishes what it runs.</summary>
    Leaving,

    /// <summary>It has stopped, or was lost.</summary>
    Dead,
}
