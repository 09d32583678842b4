namespace SoraCluster.Domain.Jobs;

/// <param name="Attempt">Which submission of the job listed it: see <see cref="IJobIndex.RemoveAsync"/>.</param>
public sealed record JobIndexEntry(string JobId, string Owner, DateTimeOffset CreatedAt, int Attempt = 0);

/// <param name="After">The job id at which the last page ended, or null for the first.</param>
/// <param name="Limit">1 to 100.</param>
public sealed record JobPageRequest(string Owner, string? After, int Limit, bool Ascending);

public sealed record JobPage(IReadOnlyList<string> JobIds, bool HasMore);
