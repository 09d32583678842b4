using SoraCluster.Domain.State;
using SoraCluster.Domain.Users;

namespace SoraCluster.Simulation.Planted;

/// <summary>The bug: a slot that is given back takes another one, still held, with it.</summary>
internal sealed class DoubleRefundUser(IUser user, Func<Task<IStateSlot<UserState>>> load) : IUser
{
    public Task<Reservation> ReserveAsync(ReserveSlot request) => user.ReserveAsync(request);

    public async Task SettleAsync(SettleSlot request)
    {
        await user.SettleAsync(request);
        var slot = await load();
        if (!request.Keep && slot.Value is { } state && state.Slots.FirstOrDefault(s => s.State is SlotState.Held) is { } other)
        {
            await slot.SaveAsync(new() { Slots = [.. state.Slots.Where(s => s != other)] });
        }
    }

    public Task<Allowance> GetAllowanceAsync() => user.GetAllowanceAsync();
}
