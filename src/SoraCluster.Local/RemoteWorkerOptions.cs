using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using SoraCluster.Media;
using SoraCluster.Worker.Remote;

namespace SoraCluster.Local;

/// <summary>A worker on this machine's processor for a gateway elsewhere.</summary>
public sealed class RemoteWorkerOptions
{
    public required RemoteOptions Remote { get; init; }

    /// <summary>Folders of packs, as <see cref="LocalServerOptions.PackFolders"/>; jobs of other packs are left to others.</summary>
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

    /// <summary>Where it keeps what it has learned about its device. Default: <c>worker</c> in the data folder.</summary>
    public string Folder { get; init; } = Path.Combine(LocalServerOptions.DefaultDataFolder(), "worker");

    public MediaOptions Media { get; init; } = new();

    /// <summary>Where the log goes. Default null: nowhere.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>Told in plain sentences, for an operator, when the gateway is lost and found. Default: nobody.</summary>
    public Action<string> Tell { get; init; } = static _ => { };
}
