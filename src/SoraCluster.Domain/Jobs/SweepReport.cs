namespace SoraCluster.Domain.Jobs;

/// <param name="Recovered">Unfinished jobs that were looked after.</param>
/// <param name="Expired">Clips whose time was up and that were deleted.</param>
/// <param name="Failed">Jobs that could not be reached; the next sweep tries again.</param>
/// <param name="Error">What went wrong with the first of them.</param>
public sealed record SweepReport(int Recovered, int Expired, int Failed, Exception? Error);
