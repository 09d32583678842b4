namespace SoraCluster.Worker.Leases;

/// <summary>Pauses between tries: each about twice the last, up to five seconds, scattered so that workers do not knock in step.</summary>
internal sealed class Backoff(TimeSpan first, int seed)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Random random = new(seed);
    private readonly TimeSpan first = first;
    private TimeSpan next = first;

    /// <summary>The next pause: between half and the whole of the current span.</summary>
    public TimeSpan Next()
    {
        var span = next;
        next = next * 2 < Longest ? next * 2 : Longest;
        return span * (0.5 + (random.NextDouble() / 2));
    }

    public void Reset() => next = first;

    /// <summary>The same for the same name in every process.</summary>
    public static int SeedOf(string name) => name.Aggregate(17, (seed, c) => unchecked((seed * 31) + c));
}
