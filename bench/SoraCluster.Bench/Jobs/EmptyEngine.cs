using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Bench.Jobs;

/// <summary>A device whose jobs are one step of nothing and an empty clip: what is left is what it costs to keep jobs.</summary>
internal sealed class EmptyEngine(string pack) : IStepEngine
{
    public IReadOnlyList<string> Packs => [pack];

    public int MaxRows(string pack) => int.MaxValue;

    public Task<IClipRun> OpenAsync(JobSpec spec, Stream? checkpoint, IReadOnlyList<Stream> sources, CancellationToken cancellation) =>
        Task.FromResult<IClipRun>(new Run());

    public Task<StepOutcome> StepAsync(IReadOnlyList<IClipRun> runs)
    {
        foreach (var run in runs.Cast<Run>())
        {
            run.Step = 1;
        }

        return Task.FromResult(new StepOutcome(TimeSpan.FromMicroseconds(1), null, []));
    }

    public Task<IFinishedClip> FinishAsync(JobSpec spec, IClipRun run, CancellationToken cancellation) => Task.FromResult<IFinishedClip>(new EmptyClip());

    private sealed class Run : IClipRun
    {
        public string BatchKey => "";

        public int Rows => 1;

        public int Step { get; set; }

        public int TotalSteps => 1;

        public bool Done => Step == TotalSteps;

        public IReadOnlyList<string> UnknownWords => [];

        public long Bytes => 0;

        public void Save(Stream destination)
        {
        }

        public void Dispose()
        {
        }
    }
}
