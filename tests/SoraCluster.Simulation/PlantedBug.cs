namespace SoraCluster.Simulation;

/// <summary>Bugs that can be put in on purpose.</summary>
public enum PlantedBug
{
    None,

    /// <summary>Jobs take whatever token they are shown for the current one.</summary>
    NoFence,

    /// <summary>A slot that is given back takes another one with it.</summary>
    DoubleRefund,

    /// <summary>Slots of jobs that did not complete are not given back.</summary>
    NoRefund,

    /// <summary>Workers go on past the checkpoint interval without waiting for the checkpoint to be acknowledged.</summary>
    LateCheckpoints,
}
