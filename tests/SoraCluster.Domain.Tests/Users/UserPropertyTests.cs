using SoraCluster.Domain.Users;
using SoraCluster.Testing;
using SoraCluster.Testing.State;

namespace SoraCluster.Domain.Tests.Users;

/// <summary>Random histories against a recount by hand: what a person with a list of all events would count.</summary>
public sealed class UserPropertyTests
{
    private static readonly QuotaOptions Quotas = new() { Limit = 5 };

    [Fact]
    public async Task Histories_Random_CountIsTheRecountAndNeverAboveTheLimit()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var history = new History(seed);
            for (var step = 0; step < 120; step++)
            {
                await history.StepAsync();
                var told = await history.User.GetAllowanceAsync();
                Assert.True(told.Used == history.Recount(), $"seed {seed}, step {step}: told {told.Used}, counted {history.Recount()}");
                Assert.True(told.Used <= Quotas.Limit, $"seed {seed}, step {step}: {told.Used} is above the limit");
            }
        }
    }

    private sealed class History(int seed)
    {
        private readonly Random random = new(seed);
        private readonly ManualClock clock = new();
        private readonly InMemoryStateStore store = new();
        private readonly Dictionary<string, (DateTimeOffset At, bool Counts)> taken = [];
        private readonly HashSet<string> settled = [];

        public User User => new(store.Load<UserState>("u"), clock, Quotas);

        public int Recount() => taken.Values.Count(t => t.Counts && t.At > clock.GetUtcNow() - Quotas.Window);

        public async Task StepAsync()
        {
            var job = $"job-{random.Next(25)}";
            switch (random.Next(6))
            {
                case 0 or 1:
                    await ReserveAsync(job);
                    break;
                case 2:
                    await SettleAsync(job, keep: true);
                    break;
                case 3:
                    await SettleAsync(job, keep: false);
                    break;
                default:
                    clock.Advance(TimeSpan.FromMinutes(random.Next(200)));
                    break;
            }
        }

        private async Task ReserveAsync(string job)
        {
            // A job id is not used again after its day: its history is over.
            if (taken.TryGetValue(job, out var t) && t.At <= clock.GetUtcNow() - Quotas.Window)
            {
                return;
            }

            var before = Recount();
            var answer = await User.ReserveAsync(new(job));
            var expectRefusal = settled.Contains(job) ? !taken.GetValueOrDefault(job).Counts : !taken.ContainsKey(job) && before >= Quotas.Limit;
            Assert.Equal(expectRefusal, answer.Refusal is not null);
            if (answer.Refusal is null && !taken.ContainsKey(job))
            {
                taken[job] = (clock.GetUtcNow(), true);
            }
        }

        private async Task SettleAsync(string job, bool keep)
        {
            await User.SettleAsync(new(job, keep));
            if (settled.Add(job))
            {
                var at = taken.TryGetValue(job, out var t) ? t.At : clock.GetUtcNow();
                taken[job] = (at, taken.ContainsKey(job) && keep);
            }
        }
    }
}
