using SoraCluster.Domain.Errors;
using SoraCluster.Domain.State;

namespace SoraCluster.Domain.Users;

/// <summary>
/// The rolling allowance of one user. A slot counts from the moment it is reserved until one window later, unless it is given
/// back; old slots fall out by themselves. A slot stamped later than the clock now shows (the clock was set back) counts as
/// taken now, so that no slot ever lasts longer than one window by the clock.
/// </summary>
public class User(IStateSlot<UserState> state, TimeProvider clock, QuotaOptions quotas) : IUser
{
    public async Task<Reservation> ReserveAsync(ReserveSlot request)
    {
        var now = clock.GetUtcNow();
        var slots = Current(now);
        var known = slots.Find(s => s.JobId == request.JobId);
        if (known is not null && known.Attempt >= request.Attempt)
        {
            return new(Count(slots), known.State is SlotState.Returned ? Superseded() : null);
        }

        var allowance = Count(slots);
        if (allowance.Used >= quotas.Limit)
        {
            await SaveIfRestampedAsync(slots);
            return new(allowance, Refuse(slots));
        }

        if (quotas.MaxUnderWay > 0 && slots.Count(s => s.State is SlotState.Held) is var held && held >= quotas.MaxUnderWay)
        {
            await SaveIfRestampedAsync(slots);
            return new(allowance, new(
                SoraErrorCode.RateLimitExceeded,
                $"{held} of your videos are waiting or being made, which is the limit. Wait until one is completed, or cancel one."));
        }

        if (request.Ask)
        {
            return new(allowance, null);
        }

        slots.RemoveAll(s => s.JobId == request.JobId);
        slots.Add(new(request.JobId, now, request.Attempt, SlotState.Held));
        await state.SaveAsync(new() { Slots = slots });
        return new(Count(slots), null);
    }

    public async Task SettleAsync(SettleSlot request)
    {
        var now = clock.GetUtcNow();
        var slots = Current(now);
        var at = slots.FindIndex(s => s.JobId == request.JobId);
        if (at >= 0 && slots[at].Attempt > request.Attempt)
        {
            return;
        }

        if (at < 0 || slots[at].Attempt < request.Attempt)
        {
            // Nothing of this attempt is counted: it never arrived, or has left the window. Remembered, so that a
            // reservation still under way takes nothing.
            slots.RemoveAll(s => s.JobId == request.JobId);
            slots.Add(new(request.JobId, now, request.Attempt, SlotState.Returned));
        }
        else if (slots[at].State is SlotState.Held)
        {
            slots[at] = slots[at] with { State = request.Keep ? SlotState.Kept : SlotState.Returned };
        }
        else
        {
            return;
        }

        await state.SaveAsync(new() { Slots = slots });
    }

    public Task<Allowance> GetAllowanceAsync() => Task.FromResult(Count(Current(clock.GetUtcNow())));

    /// <summary>The slots still in the window, none of them stamped in the future, oldest first.</summary>
    private List<Slot> Current(DateTimeOffset now)
    {
        var slots = new List<Slot>();
        foreach (var slot in state.Value?.Slots ?? [])
        {
            if (slot.At > now - quotas.Window)
            {
                slots.Add(slot.At > now ? slot with { At = now } : slot);
            }
        }

        return slots;
    }

    private Allowance Count(List<Slot> slots)
    {
        var used = slots.Count(Counts);
        return new(quotas.Limit, used, used == 0 ? null : slots.Where(Counts).Min(s => s.At) + quotas.Window);
    }

    private SoraError Refuse(List<Slot> slots)
    {
        var counted = slots.Where(Counts).Select(s => s.At).Order().ToArray();

        // After a limit was lowered, more than one slot has to leave before the next is free.
        DateTimeOffset? free = quotas.Limit == 0 ? null : counted[counted.Length - quotas.Limit] + quotas.Window;
        return new(
            SoraErrorCode.RateLimitExceeded,
            $"You've already generated {counted.Length} videos in the last day. Please try again later.",
            RetryAt: free);
    }

    private static SoraError Superseded() => new(
        SoraErrorCode.Conflict, "This submission was interrupted and undone. Please send it again.");

    private static bool Counts(Slot slot) => slot.State is not SlotState.Returned;

    private async Task SaveIfRestampedAsync(List<Slot> slots)
    {
        if (slots.Exists(s => !state.Value!.Slots.Contains(s)))
        {
            await state.SaveAsync(new() { Slots = slots });
        }
    }
}
