using SoraCluster.Domain.Steps;

namespace SoraCluster.Testing.Hosting;

/// <summary>Knows of those workers that a test has declared dead.</summary>
public sealed class TestRoster : IWorkerRoster
{
    public HashSet<string> Dead { get; } = [];

    public bool IsDead(string workerId) => Dead.Contains(workerId);
}
