using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Leases;

/// <summary>
/// Decodes and packages finished clips, one at a time, and stores them, beside the steps of other jobs. Everything is stored under keys of
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
        var (clip, seconds) = await DecodeAsync(job);
        await using var kept = clip;
        reporter.Progress(job, JobStage.Package);
        var result = await StoreAsync(job, clip);
        await job.Checkpoints.Writing.WaitAsync(job.Interrupted);
        await reporter.SendAsync(
            job, new LeaseReport(job.Id, job.Token, Completed: new JobCompleted(job.Token, result, job.UntoldSeconds + seconds)));
    }

    /// <summary>The clip as files, and the seconds that it took once its turn had come. The next one's turn comes before these are stored.</summary>
    private async Task<(IFinishedClip Clip, double Seconds)> DecodeAsync(HeldJob job)
    {
        await decoder.EnterAsync(job.Interrupted);
        var started = clock.GetTimestamp();
        try
        {
            using var span = WorkerInstruments.Activities.StartActivity("finish");
            var clip = await engine.FinishAsync(job.Spec, job.Run, job.Interrupted);
            var seconds = clock.GetElapsedTime(started).TotalSeconds;
            instruments.FinishDuration.Record(seconds);
            return (clip, seconds);
        }
        finally
        {
            decoder.Leave();
        }
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
