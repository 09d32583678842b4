using SoraCluster.Planning.Workload;

namespace SoraCluster.Planning;

/// <summary>A job on its way through the plan.</summary>
internal sealed class PlanJob(string id, Arrival arrival)
{
    public string Id => id;
    public Arrival Arrival => arrival;
    public int Remaining { get; set; } = arrival.Steps;
    public long Token { get; set; }

    /// <summary>Steps between reports, and until the next one.</summary>
    public int Quantum { get; set; }
    public int QuantumLeft { get; set; }

    public PlanWorker? Worker { get; set; }

    /// <summary>Device seconds charged by its worker: who has least goes first.</summary>
    public double Charged { get; set; }

    /// <summary>When its first step began.</summary>
    public TimeSpan? Started { get; set; }

    public int Yields { get; set; }
}
