using System.Diagnostics.Metrics;

namespace SoraCluster.Silo.Telemetry;

/// <summary>How quick the artifact stores are.</summary>
public sealed class ArtifactInstruments : IDisposable
{
    public const string Name = "SoraCluster.Artifacts";

    private readonly Meter meter;

    public ArtifactInstruments(IMeterFactory meters)
    {
        meter = meters.Create(Name);
        Duration = meter.CreateHistogram<double>("sora.artifacts.duration", "s", "One call of an artifact store, by store, operation and outcome.");
        Bytes = meter.CreateCounter<long>("sora.artifacts.written", "By", "Bytes written, by store.");
    }

    internal Histogram<double> Duration { get; }

    internal Counter<long> Bytes { get; }

    public void Dispose() => meter.Dispose();
}
