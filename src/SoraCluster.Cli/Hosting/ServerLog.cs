using Microsoft.Extensions.Logging;

namespace SoraCluster.Cli.Hosting;

/// <summary>Where the log of a server in this process goes: nowhere, unless <c>SORA_LOG</c> names a level.</summary>
internal static class ServerLog
{
    private const string Variable = "SORA_LOG";

    public static Action<ILoggingBuilder>? Chosen =>
        Enum.TryParse<LogLevel>(Environment.GetEnvironmentVariable(Variable), ignoreCase: true, out var level)
            ? logging => logging.SetMinimumLevel(level).AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
            })
            : null;
}
