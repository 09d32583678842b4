namespace SoraCluster.Domain.Jobs;

/// <summary>What is stored of one job.</summary>
public sealed record JobState
{
    public required JobLife Life { get; init; }

    /// <summary>Which submission this is: 0, and one more after each that was interrupted and undone.</summary>
    public int Attempt { get; init; }

    /// <summary>Fencing token of the newest lease; 0 before the first.</summary>
    public long Token { get; init; }

    /// <summary>How often the state was saved; the high part of <see cref="JobSnapshot.Version"/>.</summary>
    public long Saves { get; init; }

    /// <summary>The job itself; null unless <see cref="Life"/> is <see cref="JobLife.Accepted"/> or <see cref="JobLife.Deleting"/>.</summary>
    public JobBody? Body { get; init; }
}
