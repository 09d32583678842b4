using SoraCluster.Domain.Errors;

namespace SoraCluster.Domain.Users;

/// <param name="JobId">The job that wants a slot.</param>
/// <param name="Attempt">
/// Which submission of that job this is: 0, and one more each time an interrupted submission was undone. A reservation that
/// arrives after its own attempt was settled takes nothing.
/// </param>
/// <param name="Ask">Only says what the answer would be, and takes nothing.</param>
public sealed record ReserveSlot(string JobId, int Attempt = 0, bool Ask = false);

/// <param name="Keep">True when the job completed; false gives the slot back.</param>
/// <param name="Attempt">Ends this attempt and those before it; a later attempt's slot is left alone.</param>
public sealed record SettleSlot(string JobId, bool Keep, int Attempt = 0);

/// <param name="Refusal">Null when the slot is held; otherwise why not, with the time at which the next slot frees.</param>
public sealed record Reservation(Allowance Allowance, SoraError? Refusal);

/// <param name="Limit">Clips per rolling 24 hours.</param>
/// <param name="Used">Slots held or kept within the last 24 hours.</param>
/// <param name="NextSlotAt">When the oldest of them leaves the window; null when none is held.</param>
public sealed record Allowance(int Limit, int Used, DateTimeOffset? NextSlotAt)
{
    public int Remaining => Math.Max(0, Limit - Used);
}
