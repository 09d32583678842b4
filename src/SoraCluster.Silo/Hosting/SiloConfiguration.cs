using Microsoft.Extensions.Configuration;

namespace SoraCluster.Silo.Hosting;

/// <summary>Reads <see cref="SiloHostOptions"/>; the command line goes before the environment.</summary>
internal static class SiloConfiguration
{
    private static readonly Dictionary<string, string> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["--roles"] = Key(nameof(SiloHostOptions.Roles)),
        ["--redis"] = Key(nameof(SiloHostOptions.Redis)),
        ["--redis-ca"] = Key(nameof(SiloHostOptions.RedisCa)),
        ["--cluster"] = Key(nameof(SiloHostOptions.Cluster)),
        ["--data"] = Key(nameof(SiloHostOptions.Data)),
        ["--packs"] = Key(nameof(SiloHostOptions.Packs)),
        ["--advertise"] = Key(nameof(SiloHostOptions.Advertise)),
        ["--silo-port"] = Key(nameof(SiloHostOptions.SiloPort)),
        ["--listen"] = Key(nameof(SiloHostOptions.Listen)),
        ["--threads"] = Key(nameof(SiloHostOptions.Threads)),
        ["--device"] = Key(nameof(SiloHostOptions.Device)),
        ["--device-id"] = Key(nameof(SiloHostOptions.DeviceId)),
        ["--max-jobs"] = Key(nameof(SiloHostOptions.MaxJobs)),
        ["--checkpoint-every"] = Key(nameof(SiloHostOptions.CheckpointEvery)),
    };

    public static IConfigurationBuilder AddSilo(this IConfigurationBuilder configuration, string[] args) =>
        configuration.AddEnvironmentVariables("SORA_").AddCommandLine(args, Switches);

    public static SiloHostOptions ReadSilo(this IConfiguration configuration) =>
        (configuration.GetSection(SiloHostOptions.Section).Get<SiloHostOptions>() ?? new()).Checked();

    private static string Key(string name) => $"{SiloHostOptions.Section}:{name}";
}
