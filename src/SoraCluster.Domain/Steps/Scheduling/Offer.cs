namespace SoraCluster.Domain.Steps.Scheduling;

/// <summary>A job chosen for a worker; it becomes a lease when the job has issued a token, or is refused.</summary>
public sealed record Offer(QueueEntry Entry, int Quantum, TimeSpan ExpiresIn);
