using SoraCluster.Domain.Steps;

namespace SoraCluster.Simulation.Workers;

/// <summary>A lease that a worker runs.</summary>
public sealed class HeldLease(Lease lease)
{
    public Lease Lease { get; } = lease;

    /// <summary>Steps done.</summary>
    public int Step { get; set; } = lease.Grant.FirstStep;

    public bool Open { get; set; }

    public ulong Latents { get; set; }

    /// <summary>Steps that are stored and acknowledged.</summary>
    public int SafeStep { get; set; } = lease.Grant.FirstStep;

    public bool Storing { get; set; }
    public bool Leaving { get; set; }
    public bool Yielding { get; set; }
}
