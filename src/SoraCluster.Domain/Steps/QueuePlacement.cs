namespace SoraCluster.Domain.Steps;

/// <summary>Where an operator puts a waiting job.</summary>
public enum QueuePlacement
{
    /// <summary>Before everything else in its class, whatever the shares are.</summary>
    First,

    /// <summary>Behind its owner's other jobs.</summary>
    Last,
}
