using System.Globalization;

namespace SoraCluster.Bench.CommandLine;

/// <summary>What a person waits for who types a command, and the memory that it takes. For Linux.</summary>
internal static class CommandBench
{
    private const double Mebi = 1 << 20;

    public static void Run(int rounds, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("sora-bench-").FullName;
        try
        {
            // The first start builds.
            CommandRun.Measure("./sora", ["--help"], folder);
            var (help, make) = (new List<CommandRun>(), new List<CommandRun>());
            for (var round = 0; round < rounds; round++)
            {
                help.Add(CommandRun.Measure("./sora", ["--help"], folder));
                make.Add(CommandRun.Measure(
                    "./sora", ["make", "a red ball bounces on the beach", "--seconds", "2", "-o", Path.Combine(folder, "clip.mp4")], folder));
            }

            output.WriteLine($"Median of {rounds} runs, {Environment.ProcessorCount} processors.");
            output.WriteLine();
            output.WriteLine("| command | seconds | peak memory, MiB | with its ffmpeg, MiB |");
            output.WriteLine("|---|---:|---:|---:|");
            Row("./sora --help", help);
            Row("./sora make, 2 s", make);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Row(string name, List<CommandRun> runs) => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| `{name}` | {Statistics.Median(runs.Select(r => r.Seconds)):F2} | {runs.Max(r => r.PeakBytes) / Mebi:F0} | {runs.Max(r => r.PeakTreeBytes) / Mebi:F0} |"));
    }
}
