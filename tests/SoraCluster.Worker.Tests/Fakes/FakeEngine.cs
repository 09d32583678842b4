using System.Threading.Channels;
using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Tests.Fakes;

/// <summary>A device that counts. By default the test ends every step; <see cref="Auto"/> makes it run by itself.</summary>
internal sealed class FakeEngine : IStepEngine
{
    private readonly Channel<StepCall> calls = Channel.CreateUnbounded<StepCall>();

    public IReadOnlyList<string> Packs => ["tiny"];

    public int Rows { get; set; } = 8;

    public TimeSpan StepTime { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Decides a step without the test's hand; null leaves it to <see cref="NextStepAsync"/>.</summary>
    public Action<StepCall>? Auto { get; set; }

    public Func<JobSpec, string> KeyOf { get; set; } = spec => $"{spec.Pack}/{spec.Seconds}s";

    public Action<JobSpec>? OnOpen { get; set; }

    /// <summary>Held up, or failed, while a clip is finished.</summary>
    public Func<JobSpec, CancellationToken, Task> OnFinish { get; set; } = (_, _) => Task.CompletedTask;

    public int MaxFinishing { get; private set; }

    private int finishing;

    public int MaxRows(string pack) => Rows;

    public Task<IClipRun> OpenAsync(JobSpec spec, Stream? checkpoint, IReadOnlyList<Stream> sources, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        OnOpen?.Invoke(spec);
        IClipRun run = checkpoint is null
            ? new FakeRun(spec, KeyOf(spec), 0, spec.Seed)
            : FakeRun.Restore(spec, KeyOf(spec), checkpoint);
        return Task.FromResult(run);
    }

    public Task<StepOutcome> StepAsync(IReadOnlyList<IClipRun> runs)
    {
        var call = new StepCall([.. runs.Cast<FakeRun>()], StepTime);
        Assert.Single(call.Runs.Select(run => run.BatchKey).Distinct());
        if (Auto is { } decide)
        {
            decide(call);
        }
        else
        {
            calls.Writer.TryWrite(call);
        }

        return call.Outcome;
    }

    /// <summary>The next step that the worker begins.</summary>
    public Task<StepCall> NextStepAsync() => calls.Reader.ReadAsync().AsTask().WaitAsync(Rig.Patience);

    /// <summary>Whether a step is waiting to be ended.</summary>
    public bool HasStep => calls.Reader.Count > 0;

    public async Task<IFinishedClip> FinishAsync(JobSpec spec, IClipRun run, CancellationToken cancellation)
    {
        MaxFinishing = Math.Max(MaxFinishing, Interlocked.Increment(ref finishing));
        try
        {
            await OnFinish(spec, cancellation);
            return new FakeClip((FakeRun)run);
        }
        finally
        {
            Interlocked.Decrement(ref finishing);
        }
    }
}
