using System.Globalization;

namespace SoraCluster.Planning.Workload;

/// <summary>Jobs that arrive independently of each other, at a steady mean rate, from users who are alike.</summary>
/// <param name="PerSecond">Mean arrivals per second, above 0.</param>
/// <param name="Jobs">How many in all.</param>
/// <param name="Users">From how many users, 1 or more.</param>
/// <param name="Kinds">What they ask for.</param>
/// <param name="Seed">The same seed gives the same arrivals.</param>
public sealed record PoissonWorkload(double PerSecond, int Jobs, int Users, IReadOnlyList<JobKind> Kinds, int Seed)
{
    /// <summary>Mean device seconds of a job.</summary>
    public double MeanSeconds => Kinds.Sum(k => k.Share * k.Steps * k.SecondsPerStep) / Kinds.Sum(k => k.Share);

    /// <summary>The arrivals that keep so many workers busy for this part of the time, if nothing shares a pass.</summary>
    public PoissonWorkload WithLoad(double load, int workers) => this with { PerSecond = load * workers / MeanSeconds };

    public IEnumerable<Arrival> Arrivals()
    {
        var random = new Random(Seed);
        var total = Kinds.Sum(k => k.Share);
        var at = 0.0;
        for (var i = 0; i < Jobs; i++)
        {
            at -= Math.Log(1 - random.NextDouble()) / PerSecond;
            var kind = Draw(random.NextDouble() * total);
            var user = string.Create(CultureInfo.InvariantCulture, $"user-{random.Next(Users)}");
            yield return new(TimeSpan.FromSeconds(at), user, kind.Class, kind.Steps, kind.SecondsPerStep, KeyOf(kind), kind.Name);
        }
    }

    private JobKind Draw(double at)
    {
        foreach (var kind in Kinds)
        {
            if ((at -= kind.Share) < 0)
            {
                return kind;
            }
        }

        return Kinds[^1];
    }

    /// <summary>Longer clips are more windows of the same shape, so what costs the same per step shares passes.</summary>
    private static string KeyOf(JobKind kind) => string.Create(CultureInfo.InvariantCulture, $"{kind.SecondsPerStep}");
}
