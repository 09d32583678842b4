using System.ComponentModel.DataAnnotations;

namespace SoraCluster.ServiceDefaults;

/// <summary>What a host tells about itself, and to whom.</summary>
public sealed record TelemetryOptions
{
    /// <summary>Name of the service in traces, metrics and logs. Default <c>soracluster</c>.</summary>
    [Required]
    public string Service { get; init; } = "soracluster";

    /// <summary>Which of its instances this is. Default none: OpenTelemetry makes one up at each start.</summary>
    public string? Instance { get; init; }

    /// <summary>
    /// Names of meters to listen to; <c>*</c> at the end stands for anything. Default: SoraCluster's and ASP.NET Core's. Those of
    /// Orleans and of the runtime can be added, but their names are not what <c>promtool check metrics</c> passes.
    /// </summary>
    public IReadOnlyList<string> Meters { get; init; } =
    [
        "SoraCluster.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
    ];

    /// <summary>Names of activity sources to listen to. Default: SoraCluster's, Orleans' and ASP.NET Core's.</summary>
    public IReadOnlyList<string> Sources { get; init; } =
    [
        "SoraCluster.*", "Microsoft.Orleans.Application", "Microsoft.AspNetCore",
    ];
}
