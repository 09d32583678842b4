using SoraCluster.Bench.Executor;

// Measurements that are only worth comparing inside one run: each prints a Markdown table.
//   dotnet run -c Release --project bench/SoraCluster.Bench -- executor [--pack FOLDER] [--rounds N] [--threads 1,2] [--cpu]
switch (args)
{
    case ["executor", .. var rest] when ExecutorOptions.TryParse(rest) is { } options:
        ExecutorBench.Run(options, Console.Out);
        return 0;
    default:
        Console.Error.WriteLine("usage: executor [--pack FOLDER] [--rounds N] [--threads LIST] [--cpu]");
        Console.Error.WriteLine("  --pack     the pack to run (default models/tiny)");
        Console.Error.WriteLine("  --rounds   rounds to take the median of (default 15)");
        Console.Error.WriteLine("  --threads  thread counts, separated by commas (default 1,2)");
        Console.Error.WriteLine("  --cpu      divide by processor time instead of wall time: for a machine that is busy with other things");
        return 2;
}
