using System.Diagnostics;
using System.Globalization;
using SoraCluster.Simulation;

// --seeds N: how many (default 1000). --first S: the first one (default 1). --bug NAME: plant one. --show: print every change.
var seeds = Number("--seeds", 1000);
var first = Number("--first", 1);
var settings = new SimSettings
{
    Bug = Enum.Parse<PlantedBug>(Text("--bug") ?? "None", ignoreCase: true),
    Show = args.Contains("--show") ? Console.WriteLine : null,
};
var parallel = Number("--threads", 1);
var watch = Stopwatch.StartNew();
long events = 0, jobs = 0, done = 0;
var longest = TimeSpan.Zero;
var failures = 0;
var gate = new Lock();

Parallel.For(first, first + seeds, new ParallelOptions { MaxDegreeOfParallelism = parallel }, seed =>
{
    var result = Simulator.Run(seed, settings);
    lock (gate)
    {
        events += result.Events;
        jobs += result.Accepted;
        longest = result.LongestWait > longest ? result.LongestWait : longest;
        if (result.Broken is { } broken)
        {
            failures++;
            Console.WriteLine($"seed {seed} broke after {result.Events} events at {result.VirtualTime}: {broken.Message}");
            Console.WriteLine($"  replay: dotnet run --project tests/SoraCluster.Simulation -- --first {seed} --seeds 1{(settings.Bug is PlantedBug.None ? "" : $" --bug {settings.Bug}")}");
            if (seeds == 1)
            {
                Console.WriteLine(broken);
                Console.WriteLine(result.Faults);
                Console.WriteLine(result.Scene);
            }
        }

        if (++done % 1000 == 0 || done == seeds)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{done} seeds, {events} events, {jobs} jobs accepted, {failures} broken, longest wait {longest.TotalSeconds:F0} s, {watch.Elapsed.TotalSeconds:F1} s"));
        }
    }
});

return failures == 0 ? 0 : 1;

int Number(string name, int otherwise) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

string? Text(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
