namespace SoraCluster.Domain.Users;

/// <summary>What is stored of one user: the slots of the last window, oldest first, one per job.</summary>
public sealed record UserState
{
    public IReadOnlyList<Slot> Slots { get; init; } = [];
}
