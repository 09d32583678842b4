namespace SoraCluster.Domain.Uploads;

/// <param name="Fault">Null when the clean copy was made.</param>
/// <param name="Limit">What was exceeded: pixels or seconds; 0 where neither was.</param>
public sealed record UploadVerdict(UploadFault? Fault, long Limit = 0);
