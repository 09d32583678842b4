namespace SoraCluster.Domain.Jobs;

/// <summary>
/// How far the present lease has come, in memory only. It moves forward and never back, so a repeated or late report changes
/// nothing and its device time is counted once.
/// </summary>
internal readonly record struct JobProgress(
    JobStage Stage, int Step, int TotalSteps, double DeviceSeconds, IReadOnlyList<string> UnknownWords)
{
    /// <summary>What is known right after activation, or after a lease began or ended.</summary>
    public static JobProgress At(JobBody? body) => body is null
        ? new(JobStage.Waiting, 0, 0, 0, [])
        : new(
            body.Ended ? JobStage.Done : JobStage.Waiting,
            body.Status is JobStatus.Completed ? body.TotalSteps : body.CheckpointStep,
            body.TotalSteps,
            0,
            body.UnknownWords);

    public bool IsBehind(StepProgress report) =>
        report.Stage > Stage || (report.Stage == Stage && report.Step > Step);

    public JobProgress Advance(StepProgress report) => new(
        report.Stage,
        Math.Max(Step, report.Step),
        report.TotalSteps,
        DeviceSeconds + Math.Max(0, report.DeviceSeconds),
        report.UnknownWords ?? UnknownWords);

    /// <summary>Puts what was only in memory into a state that is about to be stored.</summary>
    public JobBody Into(JobBody body) => body with
    {
        TotalSteps = TotalSteps,
        DeviceSeconds = body.DeviceSeconds + DeviceSeconds,
        UnknownWords = UnknownWords,
    };
}
