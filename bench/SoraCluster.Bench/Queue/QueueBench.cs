using System.Diagnostics;
using System.Globalization;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Steps.Scheduling;

namespace SoraCluster.Bench.Queue;

/// <summary>
/// What the queue's decisions cost with many jobs waiting. The decision is the pull: which job a worker gets. What else happens to a lease is
/// measured beside it: a job comes in line, is reported on, and ends, so that as many wait after it as before.
/// </summary>
internal static class QueueBench
{
    private const int Workers = 64;
    private const int BatchKeys = 16;
    private const int Decisions = 20_000;
    private static readonly int[] Sizes = [10, 1_000, 100_000];

    public static void Run(int rounds, TextWriter output)
    {
        var times = Sizes.Select(_ => new Dictionary<string, List<double>>()).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            for (var i = 0; i < Sizes.Length; i++)
            {
                var line = new Line(Sizes[i], round + 2);
                GC.Collect();
                var lap = line.Measure(Decisions);
                foreach (var (name, microseconds) in lap)
                {
                    (times[i].TryGetValue(name, out var list) ? list : times[i][name] = []).AddRange(round >= 0 ? [microseconds] : []);
                }
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Microseconds per call, {Decisions:N0} leases a round, {Workers} workers, {BatchKeys} batch keys, a user per 10 jobs, median of {rounds} rounds."));
        output.WriteLine();
        output.WriteLine($"| call | {string.Join(" | ", Sizes.Select(size => size.ToString("N0", CultureInfo.InvariantCulture) + " waiting"))} |");
        output.WriteLine($"|---|{string.Concat(Sizes.Select(_ => "---:|"))}");
        foreach (var name in times[0].Keys)
        {
            var cells = times.Select(byName => Statistics.Median(byName[name]).ToString("F2", CultureInfo.InvariantCulture));
            output.WriteLine($"| {name} | {string.Join(" | ", cells)} |");
        }
    }

    /// <summary>A scheduler with so many jobs in line, of all classes, some held by workers, on a clock of its own.</summary>
    private sealed class Line
    {
        private readonly StepScheduler scheduler = new(new QueueOptions());
        private readonly Random random;
        private readonly int users;
        private TimeSpan now;
        private int jobs;

        public Line(int waiting, int seed)
        {
            random = new Random(seed);
            users = Math.Max(2, waiting / 10);
            for (var i = 0; i < waiting; i++)
            {
                scheduler.Announce(NewJob(), now, TimeSpan.Zero);
                now += TimeSpan.FromMilliseconds(1);
            }
        }

        public Dictionary<string, double> Measure(int decisions)
        {
            long announce = 0, pull = 0, report = 0, end = 0;
            for (var i = 0; i < decisions; i++)
            {
                now += TimeSpan.FromMilliseconds(5);
                var worker = $"worker-{i % Workers}";
                var entry = NewJob();
                var started = Stopwatch.GetTimestamp();
                scheduler.Announce(entry, now, TimeSpan.Zero);
                Lap(ref announce, ref started);
                var offers = scheduler.Pull(new(worker, ["tiny"], 1, $"key-{random.Next(BatchKeys)}", null, TimeSpan.Zero), now);
                Lap(ref pull, ref started);
                var offer = offers.Single();
                scheduler.Grant(offer.Entry.JobId, 1);
                scheduler.Report(worker, offer.Entry.JobId, 1, offer.Entry.Steps - 1, now);
                Lap(ref report, ref started);
                scheduler.End(offer.Entry.JobId, 1);
                Lap(ref end, ref started);
            }

            double Micro(long ticks) => ticks * 1e6 / Stopwatch.Frequency / decisions;
            return new()
            {
                ["a worker pulls a job (the decision)"] = Micro(pull),
                ["a job comes in line"] = Micro(announce),
                ["it is granted and reported on"] = Micro(report),
                ["it ends"] = Micro(end),
                ["all of a lease"] = Micro(announce + pull + report + end),
            };

            static void Lap(ref long total, ref long started)
            {
                var at = Stopwatch.GetTimestamp();
                total += at - started;
                started = at;
            }
        }

        private QueueEntry NewJob()
        {
            var number = jobs++;
            return new(
                $"video_{number:x}", $"user-{random.Next(users)}", "tiny", $"key-{random.Next(BatchKeys)}", (ServiceClass)random.Next(3),
                DateTimeOffset.UnixEpoch + now, 24, 0.2 + random.NextDouble(),
                HeldBy: random.Next(8) == 0 ? $"worker-{random.Next(Workers)}" : null);
        }
    }
}
