using System.Diagnostics;
using System.Globalization;

namespace SoraCluster.Local.Tests.Crash;

/// <summary>A server process that can be killed at any moment.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process process;

    private ServerProcess(Process process) => this.process = process;

    /// <summary>Null when it refused to start.</summary>
    public ServerClient? Client { get; private set; }

    /// <summary>Why it refused to start.</summary>
    public string? Refusal { get; private set; }

    /// <param name="fileLimit">The largest file that it can write, in KiB: what a full disk looks like to it.</param>
    public static async Task<ServerProcess> StartAsync(string data, string packs, int? fileLimit = null)
    {
        // A write over the limit must fail rather than end the process, as on a full disk; and the runtime's own large mappings
        // are files to the kernel, which the variable avoids.
        var limit = fileLimit is { } kib ? string.Create(CultureInfo.InvariantCulture, $"trap '' XFSZ; ulimit -f {kib}; ") : "";
        var start = new ProcessStartInfo("bash", ["-c", limit + "exec dotnet \"$@\"", "bash", typeof(ServerProcess).Assembly.Location, data, packs])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_EnableDiagnostics"] = "0" },
        };
        var server = new ServerProcess(Process.Start(start)!);
        var line = await server.process.StandardOutput.ReadLineAsync() ?? "refused without a word";
        if (line.StartsWith("ready ", StringComparison.Ordinal))
        {
            server.Client = new ServerClient(new Uri(line["ready ".Length..]));
        }
        else
        {
            server.Refusal = line["refused ".Length..] + await server.process.StandardOutput.ReadToEndAsync();
            await server.process.WaitForExitAsync();
        }

        return server;
    }

    /// <summary>SIGKILL: nothing in the process runs any more.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }
}
