using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Simulation.Workers;

/// <summary>A clip on a simulated device.</summary>
public sealed class SimRun(JobSpec spec, string batchKey, int step, ulong latents, Action<SimRun> closed) : IClipRun
{
    public JobSpec Spec => spec;
    public string BatchKey => batchKey;
    public int Rows => spec.GuidanceScale > 1 ? 2 : 1;
    public int Step { get; private set; } = step;
    public int TotalSteps => spec.Steps;
    public bool Done => Step == TotalSteps;
    public ulong Latents { get; private set; } = latents;
    public IReadOnlyList<string> UnknownWords => [];
    public long Bytes => 32;

    public void Advance(ulong next)
    {
        Latents = next;
        Step++;
    }

    public void Save(Stream destination) => destination.Write(SimLatents.Write(spec.Seed, Step, Latents));

    public void Dispose() => closed(this);
}
