using SoraCluster.Domain.Jobs;

namespace SoraCluster.Gateway.Videos;

/// <summary>The domain's words in the wire's spelling.</summary>
internal static class WireNames
{
    public static string Of(JobStatus status) => status switch
    {
        JobStatus.Queued => "queued",
        JobStatus.InProgress => "in_progress",
        JobStatus.Completed => "completed",
        JobStatus.Failed or JobStatus.Cancelled => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    public static string Of(JobStage stage) => stage switch
    {
        JobStage.Waiting => "waiting",
        JobStage.Encode => "encode",
        JobStage.Denoise => "denoise",
        JobStage.Decode => "decode",
        JobStage.Package => "package",
        JobStage.Done => "done",
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
    };

    public static string Of(JobOperation operation) => operation switch
    {
        JobOperation.Create => "create",
        JobOperation.Remix => "remix",
        JobOperation.Edit => "edit",
        JobOperation.Extend => "extend",
        JobOperation.Loop => "loop",
        JobOperation.Blend => "blend",
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, null),
    };
}
