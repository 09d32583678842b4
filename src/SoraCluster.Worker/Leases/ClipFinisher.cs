using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Leases;

/// <summary>
/// Decodes, packages and stores finished clips, one at a time, beside the steps of other jobs. Everything is stored under keys of
/// this lease, so that whoever comes late writes over nothing.
/// </summary>
internal sealed class ClipFinisher(
    IStepEngine engine,
    RetryingStore store,
    CheckpointKeeper checkpoints,
    Reporter reporter,
    TimeProvider clock,
    WorkerInstruments instruments)
{
    private readonly OneAtATime decoder = new();

    public async Task FinishAsync(HeldJob job, CancellationToken ended)
    {
        reporter.Progress(job, JobStage.Decode);
        checkpoints.AtEnd(job, ended);
        await decoder.EnterAsync(job.Interrupted);
        JobResult result;
        var started = clock.GetTimestamp();
        try
        {
            using var span = WorkerInstruments.Activities.StartActivity("finish");
            await using var clip = await engine.FinishAsync(job.Spec, job.Run, job.Interrupted);
            reporter.Progress(job, JobStage.Package);
            result = await StoreAsync(job, clip);
        }
        finally
        {
            decoder.Leave();
        }

        var seconds = clock.GetElapsedTime(started).TotalSeconds;
        instruments.FinishDuration.Record(seconds);
        await job.Checkpoints.Writing.WaitAsync(job.Interrupted);
        await reporter.SendAsync(
            job, new LeaseReport(job.Id, job.Token, Completed: new JobCompleted(job.Token, result, job.UntoldSeconds + seconds)));
    }

    private async Task<JobResult> StoreAsync(HeldJob job, IFinishedClip clip)
    {
        ClipPart[] parts = [clip.Latents, clip.Thumbnail, clip.SpriteSheet, clip.Video];
        try
        {
            // At once: each waits for the disk or the network, not for the others.
            await Task.WhenAll(parts.Select(part => store.WriteAsync(KeyOf(job, part), part.WriteAsync, job.Interrupted)));
        }
        catch
        {
            // Not told to anybody yet, so nobody can miss it.
            await store.DiscardAsync(parts.Select(part => KeyOf(job, part)), CancellationToken.None);
            throw;
        }

        return new JobResult(
            KeyOf(job, clip.Video), KeyOf(job, clip.Thumbnail), KeyOf(job, clip.SpriteSheet), KeyOf(job, clip.Latents),
            clip.Video.Length, clip.Video.Sha256);
    }

    private static string KeyOf(HeldJob job, ClipPart part) => JobArtifacts.Result(job.Id, job.Token, part.FileName);
}
