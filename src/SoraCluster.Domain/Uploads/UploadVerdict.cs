namespace SoraCluster.Domain.Uploads;

/// <param name="Fault">Null when the clean copy was made.</param>
/// <param name="Limit">What was exceeded: pixels or seconds; 0 where neither was.</param>
/// <param name="Seconds">How long the clean copy is; 0 for a picture.</param>
public sealed record UploadVerdict(UploadFault? Fault, long Limit = 0, double Seconds = 0);
