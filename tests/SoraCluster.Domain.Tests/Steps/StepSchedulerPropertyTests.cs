using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Steps.Scheduling;

namespace SoraCluster.Domain.Tests.Steps;

public sealed class StepSchedulerPropertyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Histories_Random_ChooseAsTheNaiveSchedulerDoes()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var options = new QueueOptions
            {
                ShareSlack = TimeSpan.Zero,
                KeySlack = TimeSpan.Zero,
                ShortSlack = TimeSpan.Zero,
                PriorityDeadline = null,
                StandardAges = TimeSpan.FromMinutes(2),
                RelaxedAges = TimeSpan.FromMinutes(3),
                MaxRunningPerUser = 1 + random.Next(4),
            };
            var (fast, naive) = (new StepScheduler(options), new NaiveScheduler(options));
            var now = TimeSpan.Zero;
            for (var step = 0; step < 150; step++)
            {
                now += TimeSpan.FromSeconds(random.Next(8));
                Step(random, fast, naive, now, $"seed {seed}, step {step}", step);
            }
        }
    }

    [Fact]
    public void Shares_EqualUsersWithUnequalJobs_FairnessIndexIsHigh()
    {
        var random = new Random(5);
        var scheduler = new StepScheduler(new() { ShareSlack = TimeSpan.FromSeconds(2) });
        var used = new double[8];
        var steps = Enumerable.Range(0, 8).Select(u => 10 * (u + 1)).ToArray();
        for (var u = 0; u < 8; u++)
        {
            for (var i = 0; i < 3000 / steps[u]; i++)
            {
                Announce(scheduler, $"{u}-{i}", $"user-{u}", steps[u], TimeSpan.Zero, key: $"key-{random.Next(4)}");
            }
        }

        for (var i = 0; i < 300; i++)
        {
            foreach (var offer in scheduler.Pull(new("w", ["tiny"], 1, $"key-{random.Next(4)}", null, TimeSpan.Zero), TimeSpan.FromSeconds(i)))
            {
                scheduler.Grant(offer.Entry.JobId, i + 1);
                scheduler.Report("w", offer.Entry.JobId, i + 1, 0, TimeSpan.FromSeconds(i));
                scheduler.End(offer.Entry.JobId, i + 1);
                used[int.Parse(offer.Entry.Owner[5..], System.Globalization.CultureInfo.InvariantCulture)] += offer.Entry.Cost;
            }
        }

        // Jain's index: 1 when all got the same.
        var index = Math.Pow(used.Sum(), 2) / (used.Length * used.Sum(x => x * x));
        Assert.True(index >= 0.95, $"index {index:F3}: {string.Join(' ', used)}");
    }

    [Fact]
    public void Chaos_RandomCalls_EveryJobIsInExactlyOnePlaceAndAllAreServed()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var scheduler = new StepScheduler(new() { MaxRunningPerUser = 3, RoomPatience = TimeSpan.FromSeconds(3) });
            var chaos = new Chaos(scheduler, random);
            for (var step = 0; step < 300; step++)
            {
                chaos.Step();
            }

            chaos.Drain(seed);
        }
    }

    private static void Step(Random random, StepScheduler fast, NaiveScheduler naive, TimeSpan now, string where, int step)
    {
        switch (random.Next(5))
        {
            case < 2:
                var entry = Entry($"job-{step}", $"user-{random.Next(4)}", 1 + random.Next(60), (ServiceClass)random.Next(3));
                fast.Announce(entry, now, TimeSpan.Zero);
                naive.Announce(entry, now);
                break;
            case < 4:
                var offer = fast.Pull(new("w", ["tiny"], 1, null, null, TimeSpan.Zero), now).SingleOrDefault();
                Assert.True(naive.Pull(now) == offer?.Entry.JobId, $"{where}: they chose differently");
                if (offer is not null)
                {
                    fast.Grant(offer.Entry.JobId, 1);
                }

                break;
            default:
                if (naive.Running.FirstOrDefault() is { } done)
                {
                    // Told and ended in one: no quantum in between is charged on its own.
                    fast.Report("w", done, 1, 0, now);
                    fast.End(done, 1);
                    naive.Finish(done);
                }

                break;
        }

        Assert.Equal(naive.Waiting.Count(), fast.Waiting);
        Assert.Equal(naive.Running.Count(), fast.Leased);
    }

    private static QueueEntry Entry(string id, string owner, int steps, ServiceClass @class = ServiceClass.Standard, string key = "k") =>
        new(id, owner, "tiny", key, @class, Noon, steps, steps * 0.125);

    private static void Announce(StepScheduler scheduler, string id, string owner, int steps, TimeSpan now, string key) =>
        scheduler.Announce(Entry(id, owner, steps, key: key), now, TimeSpan.Zero);

    /// <summary>Everything that can be asked of a scheduler, in any order, with big, lonely and warm jobs among the others.</summary>
    private sealed class Chaos(StepScheduler scheduler, Random random)
    {
        private readonly Dictionary<string, QueueEntry> alive = [];
        private readonly Dictionary<string, (string Worker, long Token)> leased = [];
        private TimeSpan now;
        private long tokens;
        private int made;

        public void Step()
        {
            now += TimeSpan.FromSeconds(random.NextDouble() * 3);
            switch (random.Next(8))
            {
                case < 2:
                    Announce();
                    break;
                case < 4:
                    Pull($"w{random.Next(3)}");
                    break;
                case 4 when leased.Count > 0:
                    GiveBack(Any());
                    break;
                case 5 when leased.Count > 0:
                    End(Any());
                    break;
                case 6 when alive.Count > 0:
                    scheduler.Reorder(alive.Keys.ElementAt(random.Next(alive.Count)), (QueuePlacement)random.Next(2));
                    break;
                default:
                    foreach (var lease in scheduler.TakeExpired(now))
                    {
                        leased.Remove(lease.JobId);
                        Again(lease.JobId, lease.Token, alone: !lease.WorkerLives);
                    }

                    break;
            }

            Assert.Equal(alive.Count, scheduler.Waiting + scheduler.Leased);
            Assert.Equal(leased.Count, scheduler.Leased);
        }

        /// <summary>With workers that pull and finish, everything is served in the end.</summary>
        public void Drain(int seed)
        {
            for (var round = 0; alive.Count > 0; round++)
            {
                Assert.True(round < 2000, $"seed {seed}: {scheduler.Waiting} are never served: {string.Join("; ", alive.Keys.Take(3).Select(j => scheduler.Explain(j, now)?.Now))}");
                now += TimeSpan.FromSeconds(1);
                Pull($"w{round % 3}");
                if (leased.Count > 0)
                {
                    End(leased.Keys.First());
                }
            }
        }

        private string Any() => leased.Keys.ElementAt(random.Next(leased.Count));

        private void Announce()
        {
            var id = $"job-{made++}";
            var big = random.Next(6) == 0;
            var entry = Entry(id, $"user-{random.Next(4)}", 1 + random.Next(40), (ServiceClass)random.Next(3), big ? "big" : $"k{random.Next(3)}");
            alive[id] = big ? entry with { Cost = entry.Steps } : entry;
            scheduler.Announce(alive[id], now, TimeSpan.FromSeconds(random.Next(100)));
        }

        private void Pull(string worker)
        {
            var mine = leased.Where(l => l.Value.Worker == worker).Select(l => alive[l.Key]).ToArray();
            var free = mine.Any(e => e.Alone) ? 0 : 4 - mine.Length;
            var request = new PullRequest(
                worker, ["tiny"], free, mine.FirstOrDefault()?.BatchKey, 1.0 - mine.Sum(e => e.CostPerStep), TimeSpan.Zero);
            foreach (var offer in scheduler.Pull(request, now))
            {
                Assert.True(!offer.Entry.Alone || mine.Length == 0, "a job that runs alone was given to a worker that runs others");
                leased.Add(offer.Entry.JobId, (worker, ++tokens));
                scheduler.Grant(offer.Entry.JobId, tokens);
            }
        }

        private void GiveBack(string id)
        {
            var (worker, token) = leased[id];
            leased.Remove(id);
            scheduler.End(id, token);
            alive[id] = alive[id] with { Token = token, HeldBy = worker };
            scheduler.Announce(alive[id], now, TimeSpan.Zero);
        }

        private void Again(string id, long token, bool alone)
        {
            alive[id] = alive[id] with { Token = token, HeldBy = null, Alone = alone };
            scheduler.Announce(alive[id], now, TimeSpan.Zero);
        }

        private void End(string id)
        {
            scheduler.Report(leased[id].Worker, id, leased[id].Token, 0, now);
            scheduler.End(id, leased[id].Token);
            leased.Remove(id);
            alive.Remove(id);
        }
    }
}
