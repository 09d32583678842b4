namespace SoraCluster.Domain.Steps;

/// <summary>What operators have told a queue: the only thing of it that is stored, since nothing else could rebuild it.</summary>
public sealed record QueueControls
{
    /// <summary>No lease is given out; those given run on.</summary>
    public bool Paused { get; init; }

    /// <summary>Workers that get no lease and are asked to give theirs back.</summary>
    public IReadOnlyList<string> Draining { get; init; } = [];
}
