using System.ComponentModel.DataAnnotations;
using SoraCluster.Domain.Presets;
using SoraCluster.Gateway.Identity;

namespace SoraCluster.Gateway;

/// <summary>What the HTTP edge accepts, and how it answers.</summary>
public sealed class GatewayOptions
{
    /// <summary>Longest prompt, in bytes of UTF-8. Default 16384; 256 to 1 MiB.</summary>
    [Range(256, 1 << 20)]
    public int MaxPromptBytes { get; set; } = 16 * 1024;

    /// <summary>Prompt presets of the operator's, by name, beside the built-in ones. Default: none.</summary>
    public Dictionary<string, PromptPreset> Presets { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Largest request body, in bytes, uploads included. Default 64 MiB; 1 MiB to 2 GiB.</summary>
    [Range(1L << 20, 2L << 30)]
    public long MaxBodyBytes { get; set; } = 64L << 20;

    /// <summary>Largest picture, in bytes. Default 20 MiB; 64 KiB to 512 MiB. In a JSON body, as a data URL, it has 6 MB at most.</summary>
    [Range(64L << 10, 512L << 20)]
    public long MaxPictureBytes { get; set; } = 20L << 20;

    /// <summary>
    /// Where uploaded files lie while their request lasts; created when missing, and no other process's. Default null: a folder of its
    /// own below the system's for temporary files.
    /// </summary>
    public string? UploadFolder { get; set; }

    /// <summary>Requests that a user may send per minute, on average. Default 600; 0 turns the limit off.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 600;

    /// <summary>Requests that a user may send at once after a pause. Default 120; at least 1.</summary>
    [Range(1, 1_000_000)]
    public int RequestBurst { get; set; } = 120;

    /// <summary>
    /// Longest wait, by the packs' cost profile, at which a job is still accepted; beyond it the answer is 503 with the time at
    /// which to try again. Default 1 hour; zero turns the check off.
    /// </summary>
    public TimeSpan MaxQueueWait { get; set; } = TimeSpan.FromHours(1);

    /// <summary>A comment is sent on a silent event stream this often, so that proxies keep it open. Default 15 s; 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan EventHeartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Who a request without a key speaks for while no key exists and it comes from this machine. Default <c>local</c>; null
    /// demands a key always.
    /// </summary>
    public string? LocalUser { get; set; } = "local";

    /// <summary>
    /// Whether webhooks may go to private addresses and over plain http. Default false: users could otherwise make the server
    /// call the operator's own network.
    /// </summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>How often outboxes are looked at. Default 1 s; 100 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan WebhookInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>An endpoint that has not answered by then has failed. Default 15 s; 1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Tokens of the operator's own issuer, beside API keys. Default null: none are accepted.</summary>
    public JwtOptions? Jwt { get; set; }

    /// <summary>Refused keys and tokens that one address may send per minute before it is told to wait. Default 60; 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public int RefusedKeysPerMinute { get; set; } = 60;
}
