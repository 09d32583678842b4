using System.Security.Cryptography;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Local;

/// <summary>
/// The worker of this process, and the knowledge that those of its earlier lives are dead: the data folder has one process at
/// a time.
/// </summary>
public sealed class LocalWorkerRoster : IWorkerRoster
{
    private const string Prefix = "local-";

    /// <summary>This process's worker; no other life of it has the same.</summary>
    public string WorkerId { get; } = Prefix + RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <inheritdoc/>
    public bool IsDead(string workerId) => workerId.StartsWith(Prefix, StringComparison.Ordinal) && workerId != WorkerId;
}
