using System.Diagnostics;
using System.Globalization;

namespace SoraCluster.Bench.Jobs;

/// <summary>BullMQ in processes of its own, on a Redis of its own; see <c>bench/bullmq/bullmq.mjs</c>. Needs node, npm and redis-server.</summary>
internal sealed class BullMq : IDisposable
{
    private static readonly string Folder = Path.Combine("bench", "bullmq");

    private readonly Process process;

    private BullMq(Process process) => this.process = process;

    public static async Task<BullMq> StartAsync(int inFlight)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
        {
            using var install = Process.Start(new ProcessStartInfo("npm", ["install", "--no-package-lock", "--no-audit", "--no-fund"])
            {
                WorkingDirectory = Folder,
                RedirectStandardOutput = true,
            })!;
            await install.WaitForExitAsync();
        }

        var process = Process.Start(new ProcessStartInfo("node", ["bullmq.mjs", inFlight.ToString(CultureInfo.InvariantCulture)])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var queue = new BullMq(process);
        await queue.ReadAsync();
        return queue;
    }

    /// <summary>Seconds from the first submission to the last completion.</summary>
    public async Task<double> RunAsync(int count)
    {
        await process.StandardInput.WriteLineAsync(count.ToString(CultureInfo.InvariantCulture));
        return double.Parse(await ReadAsync(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        process.StandardInput.Close(); // tells it to end
        process.WaitForExit(TimeSpan.FromSeconds(20));
        process.Dispose();
    }

    private async Task<string> ReadAsync() =>
        await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("BullMQ ended; its message is above.");
}
