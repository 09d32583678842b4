using System.Globalization;
using Microsoft.Extensions.Logging;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Leases;

/// <summary>
/// Gets a leased job ready to step: from memory if it is still there, from its checkpoint, from an older one when that is
/// damaged or gone, or from noise. A checkpoint can cost steps, never the job.
/// </summary>
internal sealed partial class ClipOpener(
    IStepEngine engine, RetryingStore store, WarmRuns warm, Reporter reporter, JobTable table, WorkerInstruments instruments, ILogger logger)
{
    private const string Source = "What was kept of the video that this one is made from";

    public async Task OpenAsync(HeldJob job, CancellationToken cancellation)
    {
        using var span = WorkerInstruments.Activities.StartActivity("open");
        if (job.Alone)
        {
            await table.EmptyButForAsync(job, cancellation);
        }

        if (warm.Take(job.Lease.Grant) is { } kept)
        {
            job.Open(kept);
            return;
        }

        reporter.Progress(job, JobStage.Encode);
        var run = await RestoreAsync(job, cancellation)
            ?? await engine.OpenAsync(job.Spec, null, await SourcesAsync(job.Spec, cancellation), cancellation);
        job.Open(run);
        job.Checkpoints.StartFrom(run.Step);
        if (run.Step < job.Lease.Grant.FirstStep)
        {
            instruments.StepsRedone.Add(job.Lease.Grant.FirstStep - run.Step);
            job.AllowedUntil = run.Step + Math.Max(1, job.Lease.Quantum);
        }
    }

    private async Task<IClipRun?> RestoreAsync(HeldJob job, CancellationToken cancellation)
    {
        if (job.Lease.Grant.Checkpoint is not { } newest)
        {
            return null;
        }

        if (await TryRestoreAsync(job, newest, cancellation) is { } run)
        {
            return run;
        }

        var others = await store.ListAsync(JobArtifacts.Checkpoints(job.Id), cancellation);
        foreach (var key in others.Where(key => key != newest).OrderByDescending(StepOf))
        {
            if (await TryRestoreAsync(job, key, cancellation) is { } older)
            {
                return older;
            }
        }

        return null;
    }

    private async Task<IClipRun?> TryRestoreAsync(HeldJob job, string key, CancellationToken cancellation)
    {
        var state = await store.ReadAsync(key, cancellation);
        if (state is null)
        {
            CheckpointMissing(job.Id, key);
            return null;
        }

        try
        {
            return await engine.OpenAsync(job.Spec, new MemoryStream(state, writable: false), [], cancellation);
        }
        catch (CheckpointException e)
        {
            CheckpointRefused(e, job.Id, key);
            return null;
        }
    }

    private async Task<IReadOnlyList<Stream>> SourcesAsync(JobSpec spec, CancellationToken cancellation)
    {
        var sources = new List<Stream>();
        foreach (var (key, what) in ((string?, string)[])[
            (spec.SourceLatents, Source), (spec.OtherSourceLatents, Source), (spec.InputArtifact, spec.Operation is JobOperation.Create ? "The picture that this video starts from" : Source)])
        {
            if (key is not null)
            {
                var bytes = await store.ReadAsync(key, cancellation) ?? throw new ClipFaultException($"{what} is not in the store any more.");
                sources.Add(new MemoryStream(bytes, writable: false));
            }
        }

        return sources;
    }

    /// <summary>The step in <c>…/{token}-{step}.safetensors</c>.</summary>
    private static int StepOf(string key)
    {
        var name = Path.GetFileNameWithoutExtension(key);
        return int.TryParse(name.AsSpan(name.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? step
            : -1;
    }
}
