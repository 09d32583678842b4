namespace SoraCluster.Domain.Webhooks;

/// <summary>A job whose end is to be told.</summary>
public sealed record ExpectedJob(string JobId, DateTimeOffset Since);
