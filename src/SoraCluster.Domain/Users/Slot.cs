namespace SoraCluster.Domain.Users;

/// <summary>One job's place in the allowance.</summary>
/// <param name="At">When it was taken; it counts until one window later.</param>
/// <param name="Attempt">The newest attempt that reserved or settled it.</param>
public sealed record Slot(string JobId, DateTimeOffset At, int Attempt, SlotState State);
