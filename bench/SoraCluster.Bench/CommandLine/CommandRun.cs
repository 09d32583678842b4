using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace SoraCluster.Bench.CommandLine;

/// <summary>One run of a command. Memory is what Linux says of resident memory.</summary>
/// <param name="Seconds">From start to exit.</param>
/// <param name="PeakBytes">The process's own peak.</param>
/// <param name="PeakTreeBytes">The largest sum over it and its children, looked at every few milliseconds.</param>
internal sealed record CommandRun(double Seconds, long PeakBytes, long PeakTreeBytes)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <exception cref="InvalidOperationException">The command failed.</exception>
    public static CommandRun Measure(string program, IEnumerable<string> arguments, string dataFolder)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["SORA_DATA"] = dataFolder;
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(info)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var (peak, tree) = (0L, 0L);
        while (!process.WaitForExit(Pause))
        {
            peak = Math.Max(peak, Field(process.Id, "VmHWM:"));
            tree = Math.Max(tree, Tree(process.Id));
        }

        var seconds = clock.Elapsed.TotalSeconds;
        Task.WaitAll(output, errors);
        return process.ExitCode == 0
            ? new(seconds, peak, tree)
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}{output.Result}");
    }

    private static long Tree(int process) => Field(process, "VmRSS:") + Children(process).Sum(Tree);

    private static IEnumerable<int> Children(int process) => Read(
        () => Directory.GetDirectories($"/proc/{process}/task")
            .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToArray(),
        []);

    private static long Field(int process, string name) => Read(
        () => File.ReadLines($"/proc/{process}/status")
            .Where(line => line.StartsWith(name, StringComparison.Ordinal))
            .Select(line => long.Parse(line[name.Length..^2], CultureInfo.InvariantCulture) * 1024)
            .FirstOrDefault(),
        0);

    /// <summary>A process may be gone at any moment.</summary>
    private static T Read<T>(Func<T> read, T gone)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            return gone;
        }
    }
}
