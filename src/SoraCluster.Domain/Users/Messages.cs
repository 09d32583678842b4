using SoraCluster.Domain.Errors;

namespace SoraCluster.Domain.Users;

public sealed record ReserveSlot(string JobId);

/// <param name="Keep">True when the job completed; false gives the slot back.</param>
public sealed record SettleSlot(string JobId, bool Keep);

/// <param name="Refusal">Null when the slot is held; otherwise why not, with the time at which the next slot frees.</param>
public sealed record Reservation(Allowance Allowance, SoraError? Refusal);

/// <param name="Limit">Clips per rolling 24 hours.</param>
/// <param name="Used">Slots held or kept within the last 24 hours.</param>
/// <param name="NextSlotAt">When the oldest of them leaves the window; null when none is held.</param>
public sealed record Allowance(int Limit, int Used, DateTimeOffset? NextSlotAt)
{
    public int Remaining => Math.Max(0, Limit - Used);
}
