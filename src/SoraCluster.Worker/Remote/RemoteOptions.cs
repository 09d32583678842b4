using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Worker.Remote;

/// <summary>How a worker that can only dial out reaches its gateway. Checked by <see cref="GatewayClient"/>.</summary>
public sealed record RemoteOptions
{
    /// <summary>The gateway's address, e.g. <c>https://videos.example.org</c>. No default.</summary>
    [Required]
    public required Uri Gateway { get; init; }

    /// <summary>An API key with the operator scope; null only where the gateway asks for none. Default null.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// Whether the token may go over plain http to another machine, where anyone on the way can read it. Default false.
    /// </summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>A call that has not been answered by then, beyond what it asked the gateway to wait, has failed. Default 30 s; 1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An artifact that has not moved by then counts as failed, however big it is. Default 10 min; 1 s to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan TransferLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an unreachable gateway is tried again for an artifact. Default 1 h; 0 to 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan GapLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>First pause between such tries; doubles up to 5 s. Default 200 ms; 1 ms to 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:05", ParseLimitsInInvariantCulture = true)]
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Where artifacts are kept on their way. Default: the system's folder for temporary files.</summary>
    public string SpoolFolder { get; init; } = Path.GetTempPath();
}
