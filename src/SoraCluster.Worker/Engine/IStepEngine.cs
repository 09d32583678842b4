using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Worker.Engine;

/// <summary>
/// The tensor side of a worker: one device that starts clips, steps them together and decodes them. The other side, which deals
/// with leases, never sees a tensor; it runs as well on an engine that only counts.
/// </summary>
public interface IStepEngine
{
    /// <summary>Ids of the packs it can run.</summary>
    IReadOnlyList<string> Packs { get; }

    /// <summary>The most rows that fit one forward pass of a pack, 1 or more. A single clip may have more: its pass is then split.</summary>
    int MaxRows(string pack);

    /// <summary>Starts a clip, or continues one from what <see cref="IClipRun.Save"/> wrote.</summary>
    /// <param name="spec">The job; its pack is one of <see cref="Packs"/>.</param>
    /// <param name="checkpoint">The saved state, read to its end at once; null to start from noise.</param>
    /// <param name="sources">
    /// The latents of the clips that this one is made from, or the picture (PNG) that it starts from, read to their end at once; none for a job
    /// without a source, or with a checkpoint, which holds what is left of them.
    /// </param>
    /// <param name="cancellation">Gives up while it waits for the device.</param>
    /// <exception cref="CheckpointException">The checkpoint is damaged, or not one of this job.</exception>
    /// <exception cref="ClipFaultException">The sources are not what the pack can start from.</exception>
    Task<IClipRun> OpenAsync(JobSpec spec, Stream? checkpoint, IReadOnlyList<Stream> sources, CancellationToken cancellation);

    /// <summary>Runs one step of every clip; all have the same <see cref="IClipRun.BatchKey"/> and none is done.</summary>
    /// <returns>What happened to each; never throws for a fault of the clips.</returns>
    Task<StepOutcome> StepAsync(IReadOnlyList<IClipRun> runs);

    /// <summary>Decodes and encodes a clip that is done, beside the steps of others. One at a time.</summary>
    Task<IFinishedClip> FinishAsync(JobSpec spec, IClipRun run, CancellationToken cancellation);
}
