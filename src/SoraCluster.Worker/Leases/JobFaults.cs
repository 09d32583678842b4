using SoraCluster.Diffusion.Packs;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Errors;
using SoraCluster.Media;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Leases;

/// <summary>What went wrong with a job, told so that its owner can read it. Details are for the log.</summary>
internal static class JobFaults
{
    public static SoraError ToError(Exception cause) => cause switch
    {
        SoraException refused => refused.Error,
        OutOfMemoryException => new SoraError(
            SoraErrorCode.OutOfMemory, "The clip does not fit in the worker's memory. A shorter or smaller one may."),
        ClipFaultException fault => new SoraError(SoraErrorCode.WorkerFailed, fault.Message),
        PackException => new SoraError(SoraErrorCode.WorkerFailed, "The worker could not run the model; its log says why."),
        MediaException media => OfMedia(media.Failure),
        ArtifactStoreException or IOException => new SoraError(
            SoraErrorCode.StorageFailed, "The clip could not be stored: the artifact store is full, read-only or unreachable."),
        ArgumentException refused => new SoraError(SoraErrorCode.InvalidRequest, $"The model refused the request: {Plain(refused)}"),
        _ => new SoraError(SoraErrorCode.WorkerFailed, "Generating the clip failed on its own, too; the worker's log says why."),
    };

    private static SoraError OfMedia(MediaFailure failure) => failure switch
    {
        MediaFailure.Storage => new SoraError(SoraErrorCode.StorageFailed, "The worker's disk is full or read-only. Free some space on it and make the clip again."),
        MediaFailure.ToolMissing => new SoraError(
            SoraErrorCode.MediaFailed, "The worker has no ffmpeg. Install it (Debian: apt-get install ffmpeg) or set SORA_FFMPEG."),
        MediaFailure.Stalled => new SoraError(
            SoraErrorCode.MediaFailed, "ffmpeg made no progress while it encoded the clip and was stopped."),
        MediaFailure.InvalidInput => new SoraError(
            SoraErrorCode.MediaFailed, "The clip could not be encoded in the size and length asked for."),
        _ => new SoraError(SoraErrorCode.MediaFailed, "ffmpeg failed to encode the clip; the worker's log says why."),
    };

    /// <summary>The message without the parameter's name that .NET appends.</summary>
    private static string Plain(ArgumentException refused)
    {
        var line = refused.Message.AsSpan();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        var suffix = line.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return (suffix < 0 ? line : line[..suffix]).ToString();
    }
}
