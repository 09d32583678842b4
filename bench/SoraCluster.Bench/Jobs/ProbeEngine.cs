using System.Collections.Concurrent;
using System.Diagnostics;
using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Bench.Jobs;

/// <summary>
/// A device that notes when passes run and who is in them. Clips are not decoded: only the denoising is looked at.
/// </summary>
internal sealed class ProbeEngine(IStepEngine device) : IStepEngine
{
    private readonly ConcurrentDictionary<string, int> begun = new();
    private readonly Stopwatch clock = new();

    public IReadOnlyList<string> Packs => device.Packs;

    /// <summary>Seconds from the beginning of the first pass to the end of the last one since <see cref="Reset"/>.</summary>
    public double Seconds { get; private set; }

    public int Passes { get; private set; }

    /// <summary>Steps of a job that have begun so far.</summary>
    public int Begun(string id) => begun.GetValueOrDefault(id);

    public void Reset()
    {
        clock.Reset();
        (Seconds, Passes) = (0, 0);
    }

    public int MaxRows(string pack) => device.MaxRows(pack);

    public async Task<IClipRun> OpenAsync(JobSpec spec, Stream? checkpoint, IReadOnlyList<Stream> sources, CancellationToken cancellation) =>
        new Run(spec.Id, await device.OpenAsync(spec, checkpoint, sources, cancellation));

    public async Task<StepOutcome> StepAsync(IReadOnlyList<IClipRun> runs)
    {
        clock.Start();
        Run[] steps = [.. runs.Cast<Run>()];
        foreach (var run in steps)
        {
            begun.AddOrUpdate(run.Id, 1, (_, count) => count + 1);
        }

        var outcome = await device.StepAsync([.. steps.Select(run => run.Inner)]);
        (Seconds, Passes) = (clock.Elapsed.TotalSeconds, Passes + 1);
        return outcome;
    }

    public Task<IFinishedClip> FinishAsync(JobSpec spec, IClipRun run, CancellationToken cancellation) => Task.FromResult<IFinishedClip>(new EmptyClip());

    private sealed class Run(string id, IClipRun inner) : IClipRun
    {
        public string Id => id;

        public IClipRun Inner => inner;

        public string BatchKey => inner.BatchKey;

        public int Rows => inner.Rows;

        public int Step => inner.Step;

        public int TotalSteps => inner.TotalSteps;

        public bool Done => inner.Done;

        public IReadOnlyList<string> UnknownWords => inner.UnknownWords;

        public long Bytes => inner.Bytes;

        public void Save(Stream destination) => inner.Save(destination);

        public void Dispose() => inner.Dispose();
    }
}
