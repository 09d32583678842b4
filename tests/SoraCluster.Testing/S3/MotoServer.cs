using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SoraCluster.Testing.S3;

/// <summary>
/// A process that speaks S3 (moto's server), with one bucket. <c>./sora test</c> puts it into <c>.build/moto</c> where it is not installed.
/// </summary>
public sealed class MotoServer : IAsyncLifetime
{
    public const string Bucket = "clips";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static int places;

    private readonly int port = FreePort();
    private readonly HttpClient http = new();
    private Process? process;

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    /// <summary>The address of an empty place in the bucket.</summary>
    public string NewAddress() =>
        string.Create(CultureInfo.InvariantCulture, $"s3://key:secret@{Bucket}/place-{Interlocked.Increment(ref places)}?endpoint={Endpoint}");

    public async Task InitializeAsync()
    {
        await StartAsync(checksCredentials: false);
        using var made = await http.PutAsync($"{Endpoint}/{Bucket}", null);
        made.EnsureSuccessStatusCode();
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        http.Dispose();
    }

    /// <summary>Forgets everything; from now on no key is good.</summary>
    public async Task RefuseAllAsync()
    {
        await StopAsync();
        await StartAsync(checksCredentials: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task StartAsync(bool checksCredentials)
    {
        var own = Repository.PathOf(".build", "moto", "bin", "moto_server");
        var start = new ProcessStartInfo(
            File.Exists(own) ? own : "moto_server", ["-H", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (checksCredentials)
        {
            start.Environment["INITIAL_NO_AUTH_ACTION_COUNT"] = "0";
        }

        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("moto_server is missing; './sora test' installs it.", missing);
        }

        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!await AnswersAsync())
        {
            Assert.False(process.HasExited, "moto_server ended at once.");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await http.GetAsync(Endpoint);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task StopAsync()
    {
        process!.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
