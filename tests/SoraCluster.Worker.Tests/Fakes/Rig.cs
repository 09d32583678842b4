using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Testing;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Tests.Fakes;

/// <summary>A worker with everything around it in the test's hand.</summary>
internal sealed class Rig : IAsyncDisposable
{
    /// <summary>After which a test is taken to hang; nothing depends on it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Turns turns = new();
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public FakeQueue Queue { get; init; } = new();

    public MemoryStore Store { get; init; } = new();

    public FakeEngine Engine { get; } = new();

    /// <summary>Another device than <see cref="Engine"/>.</summary>
    public IStepEngine? Device { get; init; }

    /// <summary>Another queue than <see cref="Queue"/>.</summary>
    public IStepSource? Source { get; init; }

    /// <summary>Another store than <see cref="Store"/>.</summary>
    public IArtifactStore? Artifacts { get; init; }

    /// <summary>Another time than that of <see cref="Clock"/>.</summary>
    public TimeProvider? Time { get; init; }

    public CostProfile Costs { get; } = new();

    public ManualClock Clock { get; } = new();

    public WorkerOptions Options { get; init; } = Default;

    public static WorkerOptions Default { get; } = new()
    {
        WorkerId = "w1",
        CheckpointWorth = TimeSpan.Zero,
        StepLimit = TimeSpan.FromDays(1),
        Heartbeat = TimeSpan.FromMinutes(1),
        StoreRetryFor = TimeSpan.FromSeconds(20),
    };

    public static JobSpec Job(string id, int steps = 10, int seconds = 2, float guidance = 3) => new()
    {
        Id = id,
        Owner = "anna",
        Model = "tiny",
        Pack = "tiny",
        Prompt = "a red ball",
        Seed = (ulong)id.Length + id[^1],
        Seconds = seconds,
        Size = "64x64",
        NativeSize = "64x64",
        Steps = steps,
        GuidanceScale = guidance,
    };

    public Rig Start()
    {
        var loop = new WorkerLoop(
            Source ?? Queue, Artifacts ?? Store, Device ?? Engine, Costs, Options, Time ?? Clock,
            new WorkerInstruments(services.GetRequiredService<IMeterFactory>()), NullLogger<WorkerLoop>.Instance, turns.Scheduler);
        running = loop.RunAsync(stop.Token);
        return this;
    }

    /// <summary>The worker's end, however it comes.</summary>
    public Task Ended => running.WaitAsync(Patience);

    public void RequestStop() => stop.Cancel();

    public Task StopAsync()
    {
        RequestStop();
        return Ended;
    }

    /// <summary>Ends the next steps; returns the last of them.</summary>
    public async Task<StepCall> StepsAsync(int count)
    {
        StepCall? call = null;
        for (var i = 0; i < count; i++)
        {
            call = await Engine.NextStepAsync();
            call.Complete();
        }

        return call!;
    }

    /// <summary>Returns when the worker waits for its surroundings.</summary>
    public Task IdleAsync() => turns.IdleAsync();

    /// <summary>Moves the clock on, a little at a time, until something has come true.</summary>
    public async Task AdvanceUntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await turns.IdleAsync();
            Clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Engine.Auto = call => call.Complete();
        while (Engine.HasStep)
        {
            (await Engine.NextStepAsync()).Complete();
        }

        RequestStop();
        var ended = running.ContinueWith(_ => true, TaskScheduler.Default);
        await AdvanceUntilAsync(() => ended.IsCompleted);
        stop.Dispose();
        await services.DisposeAsync();
    }
}
