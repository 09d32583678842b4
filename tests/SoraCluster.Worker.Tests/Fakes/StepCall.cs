using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Tests.Fakes;

/// <summary>A step that the worker has begun; it ends when the test says so.</summary>
internal sealed class StepCall(IReadOnlyList<FakeRun> runs, TimeSpan elapsed)
{
    private readonly TaskCompletionSource<StepOutcome> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<FakeRun> Runs => runs;

    public IEnumerable<string> Jobs => runs.Select(run => run.Spec.Id);

    public Task<StepOutcome> Outcome => outcome.Task;

    /// <summary>Every clip takes the step.</summary>
    public void Complete()
    {
        foreach (var run in runs)
        {
            run.Advance();
        }

        outcome.SetResult(new StepOutcome(elapsed, null, []));
    }

    /// <summary>The pass fails as a whole.</summary>
    public void Fail(Exception cause) => outcome.SetResult(new StepOutcome(elapsed, cause, []));

    /// <summary>One clip cannot take the step, the others do.</summary>
    public void FailOne(string jobId, Exception cause)
    {
        foreach (var run in runs.Where(run => run.Spec.Id != jobId))
        {
            run.Advance();
        }

        outcome.SetResult(new StepOutcome(elapsed, null, [.. runs.Select(run => run.Spec.Id == jobId ? cause : null)]));
    }
}
