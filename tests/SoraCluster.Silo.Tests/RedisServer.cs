using System.Diagnostics;
using System.Globalization;
using SoraCluster.Testing;
using StackExchange.Redis;

namespace SoraCluster.Silo.Tests;

/// <summary>A real redis-server of the tests' own, with its append-only file in a temporary folder.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly TemporaryFolder folder = new();
    private readonly int port = Ports.Free();
    private Process? process;

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    public IConnectionMultiplexer Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await StartAsync();
        Connection = await ConnectionMultiplexer.ConnectAsync(Address);
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        await StopAsync();
        folder.Dispose();
    }

    /// <summary>Ends it as a crash would, and starts it again on what its append-only file has.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    private async Task StartAsync()
    {
        process = Process.Start(new ProcessStartInfo(
            "redis-server",
            [
                "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", folder.Path,
                "--save", "", "--appendonly", "yes", "--appendfsync", "always",
            ])
        {
            RedirectStandardOutput = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        while (!await AnswersAsync())
        {
            Assert.False(process.HasExited, "redis-server ended at once.");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    private async Task StopAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(Address);
            await connection.GetDatabase().PingAsync();
            return true;
        }
        catch (RedisException)
        {
            return false;
        }
    }
}
