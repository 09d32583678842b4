using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>The built silo as a process of its own, which can be paused, asked to stop and killed.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const int SigKill = 9, SigTerm = 15, SigCont = 18, SigStop = 19;

    private readonly Process process;
    private readonly StringBuilder log = new();

    private SiloProcess(Process process, string roles, SiloPlace place)
    {
        this.process = process;
        Roles = roles;
        Place = place;
    }

    public string Roles { get; }

    public SiloPlace Place { get; }

    /// <summary>Where it listens for HTTP.</summary>
    public Uri Address => Place.Http;

    /// <summary>Where other silos reach it; part of its worker's name.</summary>
    public int SiloPort => Place.SiloPort;

    public bool HasExited => process.HasExited;

    /// <summary>What it has said so far.</summary>
    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    public static SiloProcess Start(string roles, params string[] options) => Start(SiloPlace.At(), roles, options);

    public static SiloProcess Start(SiloPlace place, string roles, params string[] options)
    {
        var program = Environment.GetEnvironmentVariable("SORA_TEST_SILO") ?? Path.Combine(AppContext.BaseDirectory, "SoraCluster.Silo.dll");
        string[] command =
        [
            .. place.Launcher, "dotnet", program, "--roles", roles, "--listen", place.Http.ToString(),
            "--advertise", place.Address, "--silo-port", place.SiloPort.ToString(CultureInfo.InvariantCulture), .. options,
        ];
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_EnableDiagnostics"] = "0", ["DOTNET_gcServer"] = "0", ["DOTNET_TieredPGO"] = "0" }, // what a short life does not pay for
        })!;
        var silo = new SiloProcess(process, roles, place);
        process.OutputDataReceived += silo.Heard;
        process.ErrorDataReceived += silo.Heard;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return silo;
    }

    /// <summary>SIGKILL: nothing in the process runs any more.</summary>
    public async Task KillAsync()
    {
        Send(SigKill);
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        Send(SigTerm);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>SIGSTOP: the process stands still and knows nothing of it.</summary>
    public void Pause() => Send(SigStop);

    /// <summary>SIGCONT.</summary>
    public void Wake() => Send(SigCont);

    public Task EndedAsync() => process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private void Heard(object sender, DataReceivedEventArgs line)
    {
        lock (log)
        {
            log.AppendLine(line.Data);
        }
    }

    private void Send(int signal)
    {
        if (!process.HasExited)
        {
            Assert.Equal(0, Kill(process.Id, signal));
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
