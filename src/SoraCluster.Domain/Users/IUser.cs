namespace SoraCluster.Domain.Users;

/// <summary>One user and their rolling-24-hour allowance. Key: the user id.</summary>
public interface IUser
{
    /// <summary>Takes a slot for a job, once however often it is asked for the same job.</summary>
    Task<Reservation> ReserveAsync(ReserveSlot request);

    /// <summary>Ends a reservation: a finished job keeps its slot, any other gives it back. Repeats change nothing.</summary>
    Task SettleAsync(SettleSlot request);

    /// <summary>The true count now.</summary>
    Task<Allowance> GetAllowanceAsync();
}
