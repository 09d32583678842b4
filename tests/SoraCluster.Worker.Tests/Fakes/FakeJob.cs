using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Worker.Tests.Fakes;

/// <summary>What a job entity would remember.</summary>
internal sealed class FakeJob(JobSpec spec)
{
    public JobSpec Spec => spec;

    public long Token { get; set; }

    public string? Holder { get; set; }

    public string? Checkpoint { get; set; }

    public int CheckpointStep { get; set; }

    public bool Alone { get; set; }

    /// <summary>The furthest step that was reported.</summary>
    public int Step { get; private set; }

    public JobStage Stage { get; private set; }

    public IReadOnlyList<string>? UnknownWords { get; private set; }

    public double DeviceSeconds { get; private set; }

    public string? End { get; set; }

    public int Ends { get; private set; }

    public JobResult? Result { get; private set; }

    public SoraError? Error { get; private set; }

    public int Releases { get; private set; }

    /// <returns>True when the lease is over.</returns>
    public bool TakeIn(LeaseReport report)
    {
        if (report.Progress is { } progress)
        {
            Step = Math.Max(Step, progress.Step);
            Stage = progress.Stage;
            DeviceSeconds += progress.DeviceSeconds;
            UnknownWords ??= progress.UnknownWords;
        }

        if ((report.Checkpoint ?? report.Release?.Checkpoint) is { } saved && saved.Step > CheckpointStep)
        {
            Checkpoint = saved.Artifact;
            CheckpointStep = saved.Step;
        }

        if (report.Release is not null)
        {
            Releases++;
            Holder = null;
            return true;
        }

        if (report.Completed is null && report.Failed is null)
        {
            return false;
        }

        Result = report.Completed?.Result;
        Error = report.Failed?.Error;
        End = report.Completed is not null ? "completed" : "failed";
        Ends++;
        Holder = null;
        return true;
    }
}
