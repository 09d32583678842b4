using SoraCluster.Domain.Users;

namespace SoraCluster.Simulation.Planted;

/// <summary>The bug: slots are never given back.</summary>
internal sealed class ForgetfulUser(IUser user) : IUser
{
    public Task<Reservation> ReserveAsync(ReserveSlot request) => user.ReserveAsync(request);

    public Task SettleAsync(SettleSlot request) => request.Keep ? user.SettleAsync(request) : Task.CompletedTask;

    public Task<Allowance> GetAllowanceAsync() => user.GetAllowanceAsync();
}
