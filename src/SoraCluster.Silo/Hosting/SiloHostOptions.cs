using System.ComponentModel.DataAnnotations;
using System.Net;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using SoraCluster.Media;
using SoraCluster.Silo.Roles;

namespace SoraCluster.Silo.Hosting;

/// <summary>
/// What a silo needs to know, from the command line (<c>--redis …</c>) or the environment (<c>SORA_Silo__Redis</c>). Quotas, jobs,
/// queues, the sweep and the packs must be the same on all silos of a cluster.
/// </summary>
public sealed class SiloHostOptions
{
    /// <summary>Where they are in the configuration.</summary>
    public const string Section = "Silo";

    /// <summary>Any mix of <c>control</c>, <c>gpu</c>, <c>gateway</c>, separated by commas. Default all three.</summary>
    [Required]
    public string Roles { get; set; } = "control,gpu,gateway";

    /// <summary>
    /// Redis as StackExchange.Redis writes it: <c>host:port[,host:port…][,ssl=true][,user=…][,password=…][,serviceName=…]</c> (the
    /// last names a Sentinel master). Required. The password is never logged.
    /// </summary>
    [Required]
    public string Redis { get; set; } = "";

    /// <summary>A PEM file with the certificate of who signed Redis' own, where the system does not trust it. Default none.</summary>
    public string? RedisCa { get; set; }

    /// <summary>Name of the cluster; clusters of different names share a Redis without touching each other. Default <c>sora</c>.</summary>
    [Required, RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    public string Cluster { get; set; } = "sora";

    /// <summary>
    /// Finished clips: a folder that all silos share (NFS, for instance), or <c>s3://…</c> (see <see cref="S3.S3Address"/>). Required.
    /// A secret in it is never logged.
    /// </summary>
    [Required]
    public string Data { get; set; } = "";

    /// <summary>Folders of packs, separated as in <c>PATH</c>. Default: <c>SORA_PACKS</c>, else <c>models/</c> beside the program or above it.</summary>
    public string Packs { get; set; } = "";

    /// <summary>The IP address at which other silos reach this one. Default <c>127.0.0.1</c>.</summary>
    [Required]
    public string Advertise { get; set; } = "127.0.0.1";

    /// <summary>The port at which other silos reach this one. Default 11111; 1 to 65535.</summary>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Where it listens for HTTP: the API where it is a gateway, and health everywhere. Default <c>http://127.0.0.1:8089</c>.</summary>
    [Required]
    public string Listen { get; set; } = "http://127.0.0.1:8089";

    /// <summary>Threads that denoise and decode. Default: the machine's cores; 1 to 1024. The clips do not depend on it.</summary>
    [Range(1, 1024)]
    public int Threads { get; set; } = Environment.ProcessorCount;

    /// <summary>What it runs packs on: <c>auto</c> (the default), <c>cuda</c>, <c>cpu</c> or <c>onnxcpu</c>.</summary>
    public SiloDevice Device { get; set; } = SiloDevice.Auto;

    /// <summary>Which CUDA device. Default 0; 0 to 63.</summary>
    [Range(0, 63)]
    public int DeviceId { get; set; }

    /// <summary>Bytes of device memory for each graph of a pack. Default: no limit but the device's; 64 MiB or more.</summary>
    [Range(64L << 20, long.MaxValue)]
    public long? DeviceMemory { get; set; }

    /// <summary>The most clips that this silo denoises at the same time. Default 8; 1 to 256.</summary>
    [Range(1, 256)]
    public int MaxJobs { get; set; } = 8;

    /// <summary>The most steps that a lost silo costs a job. Default: 5, or as many as take a quarter of a second; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int? CheckpointEvery { get; set; }

    /// <summary>
    /// How often this silo probes others, and how long it waits for the answer; after three without one it votes them dead. Default
    /// 2 s; 500 ms to 1 min. A machine so busy that its silos do not answer in time needs more, or it loses silos that live.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(2);

    public QuotaOptions Quotas { get; set; } = new();

    public JobOptions Jobs { get; set; } = new();

    public QueueOptions Queues { get; set; } = new();

    public SweepOptions Sweep { get; set; } = new();

    public MediaOptions Media { get; set; } = new();

    /// <summary>The parsed <see cref="Roles"/>.</summary>
    internal SiloRole Role => SiloNames.TryParse(Roles, ',', out var roles) ? roles : SiloRole.None;

    internal IPAddress Address => IPAddress.Parse(Advertise);

    /// <summary>Returns itself.</summary>
    /// <exception cref="ValidationException">A value is missing or out of range; names it.</exception>
    internal SiloHostOptions Checked()
    {
        foreach (object part in new object[] { this, Quotas, Jobs, Queues, Sweep, Media })
        {
            Validator.ValidateObject(part, new ValidationContext(part), validateAllProperties: true);
        }

        return Role == SiloRole.None ? throw new ValidationException($"The roles '{Roles}' are not made of control, gpu and gateway.")
            : !IPAddress.TryParse(Advertise, out _) ? throw new ValidationException($"'{Advertise}' is not an IP address to advertise.")
            : this;
    }
}
