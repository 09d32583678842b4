namespace SoraCluster.Gateway.Videos;

/// <summary>What a job has before its request is understood.</summary>
/// <param name="Inputs">Prefix, ending in <c>/</c>, of what is stored for it before it is accepted; all of it goes when it is not.</param>
/// <param name="Digest">Digest of the request, when an idempotency key was sent: another body under the same key is a conflict.</param>
internal sealed record JobTicket(string JobId, string Owner, string Inputs, string? Digest);
