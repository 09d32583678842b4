using System.Collections.Concurrent;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;

namespace SoraCluster.Domain.Steps;

/// <summary>
/// The queues for workers that reach the entities directly: in process, and behind the gateway for those that dial in. Waiting
/// happens here, never in a queue's turn. A worker asks its home shard of each pack first and then takes from the others.
/// </summary>
public sealed class EntityStepSource(
    IEntities entities, IQueueBell bell, TimeProvider clock, QueueOptions queues, StepSourceOptions options) : IStepSource
{
    private readonly ConcurrentDictionary<(string JobId, long Token), string> homes = new();
    private int turn;

    public async Task<PullAnswer> PullAsync(PullRequest request, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        request = request with { Again = false };
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var order = Order(request);
            var seen = order.Distinct().ToDictionary(q => q, bell.Rings);
            var answer = await LookAsync(order, request);
            var left = request.Wait - clock.GetElapsedTime(started);
            if (answer.Leases.Count > 0 || answer.Draining || request.Free <= 0 || left <= TimeSpan.Zero)
            {
                return answer;
            }

            await bell.WaitAsync(seen, left < options.LookEvery ? left : options.LookEvery, cancellation);
            request = request with { Again = true };
        }
    }

    public async Task<ReportAnswer> ReportAsync(WorkerReport report, CancellationToken cancellation)
    {
        var byQueue = new Dictionary<string, List<LeaseReport>>();
        var directives = new List<LeaseDirective>();
        foreach (var news in report.Leases)
        {
            if (await HomeAsync(news) is { } queue)
            {
                (byQueue.TryGetValue(queue, out var same) ? same : byQueue[queue] = []).Add(news);
            }
            else
            {
                directives.Add(new(news.JobId, news.Token, Directive.Stop));
            }
        }

        var answers = byQueue.Select(q => entities.Get<IStepQueue>(q.Key).ReportAsync(new(report.WorkerId, q.Value))).ToArray();
        await ((Task)Task.WhenAll(answers)).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (answers.Length > 0 && Array.TrueForAll(answers, a => !a.IsCompletedSuccessfully))
        {
            await answers[0];
        }

        directives.AddRange(answers.Where(a => a.IsCompletedSuccessfully).SelectMany(a => a.Result.Directives));
        foreach (var over in directives.Where(d => d.Directive is Directive.Stop))
        {
            homes.TryRemove((over.JobId, over.Token), out _);
        }

        return new(directives);
    }

    /// <summary>Asks one queue after the other while there is room. A queue in trouble takes no leases away that others gave.</summary>
    private async Task<PullAnswer> LookAsync(IReadOnlyList<string> order, PullRequest request)
    {
        var leases = new List<Lease>();
        var draining = false;
        foreach (var queue in order)
        {
            try
            {
                var answer = await entities.Get<IStepQueue>(queue).PullAsync(request);
                draining |= answer.Draining;
                leases.AddRange(answer.Leases);
                foreach (var lease in answer.Leases)
                {
                    homes[(lease.JobId, lease.Grant.Token)] = queue;
                }

                request = Less(request, answer.Leases);
            }
            catch (Exception) when (leases.Count > 0)
            {
                break;
            }

            if (request.Free <= 0)
            {
                break;
            }
        }

        return new(leases, draining);
    }

    private static PullRequest Less(PullRequest request, IReadOnlyList<Lease> taken) => taken.Count == 0 ? request : request with
    {
        Free = taken.Any(l => l.Grant.Alone) ? 0 : request.Free - taken.Count,
        FreeCost = request.FreeCost - taken.Sum(l => l.Entry.CostPerStep),
        ActiveKey = request.ActiveKey ?? taken[0].Entry.BatchKey,
    };

    /// <summary>The packs in turn, so that none is always asked last; of each the home shard first.</summary>
    private List<string> Order(PullRequest request)
    {
        var first = request.Packs.Count == 0 ? 0 : (int)((uint)Interlocked.Increment(ref turn) % (uint)request.Packs.Count);
        return [.. request.Packs.Skip(first).Concat(request.Packs.Take(first))
            .SelectMany(p => QueueKeys.Ordered(p, request.WorkerId, queues.Shards))];
    }

    private async Task<string?> HomeAsync(LeaseReport news)
    {
        if (homes.TryGetValue((news.JobId, news.Token), out var queue))
        {
            return queue;
        }

        // Leased before this process was started, or through another gateway.
        var job = await entities.Get<IGenerationJob>(news.JobId).GetAsync();
        return job is null ? null : homes[(news.JobId, news.Token)] = QueueKeys.For(job.Spec.Pack, job.Spec.Owner, queues.Shards);
    }
}
