namespace SoraCluster.Worker.Leases;

/// <summary>Why a job leaves before it is finished. A later one never weakens an earlier one.</summary>
internal enum Interruption
{
    None,

    /// <summary>The queue asks for it back; only before it is decoded.</summary>
    Yield,

    /// <summary>The worker stops.</summary>
    Stop,

    /// <summary>The lease is lost, or the job has ended: keep nothing.</summary>
    Lost,
}
