namespace SoraCluster.Domain.Webhooks;

/// <summary>When a failed delivery is tried again: soon at first, then ever more seldom, for a day in all.</summary>
public static class WebhookSchedule
{
    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10),
        TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
    ];

    public static TimeSpan GiveUpAfter { get; } = TimeSpan.FromDays(1);

    /// <param name="attempts">Tries that failed, 1 or more.</param>
    /// <returns>Null when it is given up.</returns>
    public static DateTimeOffset? Next(DateTimeOffset since, int attempts, DateTimeOffset now)
    {
        var next = now + Delays[Math.Min(attempts, Delays.Length) - 1];
        return next <= since + GiveUpAfter ? next : null;
    }
}
