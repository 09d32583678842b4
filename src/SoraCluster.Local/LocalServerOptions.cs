using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using SoraCluster.Gateway;
using SoraCluster.Local.Hosting;
using SoraCluster.Media;

namespace SoraCluster.Local;

/// <summary>What a local server needs to know; all of it has a default.</summary>
public sealed class LocalServerOptions
{
    /// <summary>The port that <c>sora serve</c> listens on unless told otherwise, and where others look for a server.</summary>
    public const int DefaultPort = 8089;

    /// <summary>Environment variable: the data folder.</summary>
    public const string DataVariable = "SORA_DATA";

    /// <summary>0 to 65535; 0 takes a free one. Default <see cref="DefaultPort"/>.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = DefaultPort;

    /// <summary>An IP address to listen on, or <c>localhost</c>. Default <c>127.0.0.1</c>; others need an API key to exist.</summary>
    [Required]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>
    /// Where jobs and clips are kept; created when missing. Default: <see cref="DataVariable"/>, else <c>soracluster</c> in the
    /// user's data folder (<c>$XDG_DATA_HOME</c> or <c>~/.local/share</c>).
    /// </summary>
    [Required]
    public string DataFolder { get; init; } = DefaultDataFolder();

    /// <summary>Folders of packs. Default none: <c>SORA_PACKS</c>, else <c>models/</c> beside the program or above it.</summary>
    public IReadOnlyList<string> PackFolders { get; init; } = [];

    /// <summary>Threads that denoise and decode. Default: the machine's cores; 1 to 1024. The clips do not depend on it.</summary>
    [Range(1, 1024)]
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The most clips denoised at the same time. Default 8; 1 to 256.</summary>
    [Range(1, 256)]
    public int MaxJobs { get; init; } = 8;

    /// <summary>The most steps that a lost worker costs a job. Default: 5, or as many as take a quarter of a second; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int? CheckpointEvery { get; init; }

    /// <summary>Whether this process has a worker; without one, jobs wait for workers that dial in. Default true.</summary>
    public bool HasWorker { get; init; } = true;

    public QuotaOptions Quotas { get; init; } = new();

    public JobOptions Jobs { get; init; } = new();

    public QueueOptions Queues { get; init; } = new();

    public SweepOptions Sweep { get; init; } = new();

    public EntityHostOptions Entities { get; init; } = new();

    public MediaOptions Media { get; init; } = new();

    /// <summary>Changes what the HTTP edge accepts. Default null: as <see cref="GatewayOptions"/> says.</summary>
    public Action<GatewayOptions>? Gateway { get; init; }

    /// <summary>Where the log goes. Default null: nowhere.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    public static string DefaultDataFolder() => Environment.GetEnvironmentVariable(DataVariable) is { Length: > 0 } named
        ? named
        : Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "soracluster");

    /// <summary>Returns itself.</summary>
    /// <exception cref="LocalServerException">A value is out of range; names it.</exception>
    internal LocalServerOptions Checked()
    {
        try
        {
            foreach (object part in new object[] { this, Quotas, Jobs, Queues, Sweep, Entities, Media })
            {
                Validator.ValidateObject(part, new ValidationContext(part), validateAllProperties: true);
            }

            return this;
        }
        catch (ValidationException wrong)
        {
            throw new LocalServerException(wrong.Message, wrong);
        }
    }
}
