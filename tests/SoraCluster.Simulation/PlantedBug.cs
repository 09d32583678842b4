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

    /// <summary>Workers store less often than is promised.</summary>
    LateCheckpoints,

    /// <summary>Two rows of a pass change places.</summary>
    MixedRows,

    /// <summary>The queue never hears of one user's jobs.</summary>
    Starvation,

    /// <summary>A job that killed its worker shares the next one with others.</summary>
    NoIsolation,
}
