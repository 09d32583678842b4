using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SoraCluster.Silo.Tests.Redis;

/// <summary>One redis-server, which listens on this machine only and keeps what it keeps in a folder.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Process process;

    private RedisProcess(Process process, int port)
    {
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    public string Address => AddressOf(Port);

    public static string AddressOf(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    /// <summary>Returns once it listens.</summary>
    /// <param name="options">After those for the port and the folder; they win.</param>
    public static Task<RedisProcess> StartAsync(string folder, int port, params string[] options) => RunAsync(
        port,
        ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", Directory.CreateDirectory(folder).FullName, "--save", "", .. options]);

    /// <summary>Starts one that is told all by a file.</summary>
    public static Task<RedisProcess> StartSentinelAsync(string file, int port) => RunAsync(port, [file, "--sentinel"]);

    /// <summary>Ends it as a crash would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    private static async Task<RedisProcess> RunAsync(int port, string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        while (!await ListensAsync(port))
        {
            Assert.False(process.HasExited, "redis-server ended at once.");
            await Task.Delay(Pause, TimeProvider.System);
        }

        return new(process, port);
    }

    private static async Task<bool> ListensAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
