using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace SoraCluster.Bench.Api;

/// <summary>A server in a process of its own (this program again), so that its memory is its own.</summary>
internal sealed class ServedProcess : IDisposable
{
    private readonly Process process;

    private ServedProcess(Process process, IPEndPoint address)
    {
        this.process = process;
        Address = address;
    }

    public IPEndPoint Address { get; }

    /// <param name="arguments">Those of the hidden commands in <see cref="BenchServers"/>.</param>
    public static async Task<ServedProcess> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ServedProcess).Assembly.Location);
        }

        Array.ForEach(arguments, start.ArgumentList.Add);
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server did not start.");
        return new ServedProcess(process, IPEndPoint.Parse(line));
    }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes()
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }

    public void Dispose()
    {
        process.StandardInput.Close(); // tells it to end
        if (!process.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            process.Kill();
        }

        process.Dispose();
    }
}
