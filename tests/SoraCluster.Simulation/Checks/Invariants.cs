using System.Globalization;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Users;
using SoraCluster.Simulation.Workers;

namespace SoraCluster.Simulation.Checks;

/// <summary>
/// What must always hold, looked at from outside: with every durable write, with every kill, with every answer to a client, and
/// when all is at rest. Nothing in here trusts what the entities remember.
/// </summary>
public sealed class Invariants(SimCluster cluster)
{
    private readonly Dictionary<string, JobSpec> accepted = [];
    private readonly HashSet<string> deletable = [];
    private readonly Dictionary<string, JobStatus> ends = [];
    private readonly Dictionary<string, long> tokens = [];
    private readonly Dictionary<string, ulong[]> undisturbed = [];
    private readonly Dictionary<string, TimeSpan> waiting = [];

    public int Accepted => accepted.Count;

    public int Ended => ends.Count;

    /// <summary>The longest wait for a worker after the last fault.</summary>
    public TimeSpan LongestWait { get; private set; }

    /// <summary>A client was told that its job is accepted.</summary>
    public void WasAccepted(JobSpec spec) => accepted.TryAdd(spec.Id, spec);

    /// <summary>A client asked for a job to be deleted.</summary>
    public void MayBeDeleted(string jobId) => deletable.Add(jobId);

    /// <summary>A client was refused: with the exact sentence, and the limit as the count, since less is no reason.</summary>
    public void WasRefused(SoraError refusal)
    {
        var told = string.Create(
            CultureInfo.InvariantCulture,
            $"You've already generated {cluster.Settings.Quotas.Limit} videos in the last day. Please try again later.");
        Require(refusal.Code is SoraErrorCode.RateLimitExceeded && refusal.Message == told, "I2", $"a client was told '{refusal.Message}'");
    }

    /// <summary>A state was stored (or removed), this instant.</summary>
    public void Written(string key, object? before, object? after)
    {
        cluster.World.Note(key.Length + (after is null ? 0 : 1));
        if (cluster.Settings.Show is { } show && (after ?? before) is JobState)
        {
            var state = (JobState?)after;
            var body = state?.Body;
            show($"{cluster.World.Now} {cluster.World.Last?.Name}: {key} {state?.Life} {body?.Status} token {state?.Token}, worker {body?.Worker}, step {body?.CheckpointStep}, lost {body?.LossesInRow}/{body?.Losses}");
        }

        try
        {
            switch (after ?? before)
            {
                case JobState:
                    JobWritten(key, (JobState?)before, (JobState?)after);
                    break;
                case UserState user when after is not null:
                    UserWritten(key, user);
                    break;
            }
        }
        catch (Exception e)
        {
            // Whoever writes must not be able to swallow it.
            cluster.World.Fail(e);
        }
    }

    /// <summary>A clip took a step, alone or in a pass with others.</summary>
    public void Stepped(SimRun run, int together)
    {
        try
        {
            Require(
                run.Latents == UndisturbedOf(run.Spec)[run.Step], together > 1 ? "I5" : "I4",
                $"step {run.Step} of {run.Spec.Id}, in a pass of {together}, is not that of an undisturbed run");
        }
        catch (InvariantBrokenException e)
        {
            // The worker takes what a device throws for a fault of the clip.
            cluster.World.Fail(e);
        }
    }

    /// <summary>A worker is killed, with what it had in hand.</summary>
    public void WorkerKilled(SimWorker worker)
    {
        cluster.Settings.Show?.Invoke($"{cluster.World.Now} {worker.Name} dies");
        foreach (var (run, body) in Leased(worker))
        {
            var lost = run.Step - body.CheckpointStep;
            Require(
                lost <= cluster.Settings.CheckpointEvery, "I4",
                $"{run.Spec.Id} loses {lost} steps, from {run.Step} to {body.CheckpointStep}, with {worker.Name}");
        }
    }

    /// <summary>A job kills its worker: not for the first time, it takes nobody with it.</summary>
    public void Poisoned(SimWorker worker, SimRun killer)
    {
        var leased = Leased(worker).ToArray();
        var others = leased.Count(l => l.Run != killer);
        var again = Array.Exists(leased, l => l.Run == killer && l.Body.LossesInRow > 0);
        try
        {
            Require(!again || others == 0, "I8", $"{killer.Spec.Id}, which killed its worker before, takes {others} others with it");
        }
        catch (InvariantBrokenException e)
        {
            cluster.World.Fail(e);
        }
    }

    /// <summary>From here on nothing fails, and so nobody has a reason to wait long.</summary>
    public void TroubleEnds()
    {
        foreach (var id in waiting.Keys.ToArray())
        {
            waiting[id] = cluster.World.Now;
        }
    }

    /// <summary>No job waits for a worker longer than the settings say.</summary>
    public void NobodyStarves()
    {
        foreach (var (id, since) in waiting)
        {
            var waited = cluster.World.Now - since;
            LongestWait = waited > LongestWait ? waited : LongestWait;
            Require(waited <= cluster.Settings.LongestWait, "I9", $"{id} waits since {since}: {Describe(id)}");
        }
    }

    /// <summary>Everything had time to come to rest: all that was accepted has ended, and nothing is left over.</summary>
    public void AtRest()
    {
        foreach (var spec in accepted.Values)
        {
            Require(ends.ContainsKey(spec.Id), "I1", $"{spec.Id} was accepted and has not ended: {Describe(spec.Id)}");
        }

        foreach (var row in cluster.Index.All.Values)
        {
            Require(row.Finished, "I1", $"{row.Entry.JobId} is still listed as unfinished: {Describe(row.Entry.JobId)}");
        }

        foreach (var (owner, user) in cluster.Store.All<UserState>())
        {
            foreach (var slot in user.Slots)
            {
                var kept = ends.TryGetValue(slot.JobId, out var end) && end is JobStatus.Completed;
                var should = kept ? SlotState.Kept : SlotState.Returned;
                Require(slot.State == should, "I2", $"the slot of {slot.JobId} ({Describe(slot.JobId)}) with {owner} is {slot.State}");
            }
        }
    }

    /// <summary>True when nothing is left to do.</summary>
    public bool IsAtRest() =>
        accepted.Keys.All(ends.ContainsKey) && cluster.Index.All.Values.All(r => r.Finished);

    private void JobWritten(string id, JobState? before, JobState? after)
    {
        Require(before?.Body is not { Ended: true } || Same(before, after), "I1", $"{id} changed after it had ended {before?.Body?.Status}");
        Require(
            after?.Life is JobLife.Accepted || before?.Life is not JobLife.Accepted || deletable.Contains(id), "I1",
            $"{id} was {before?.Life} and is {after?.Life}, and nobody deleted it");
        if (after is null)
        {
            return;
        }

        var known = tokens.GetValueOrDefault(id);
        Require(after.Token >= known && after.Token <= known + 1, "I3", $"the token of {id} goes from {known} to {after.Token}");
        tokens[id] = after.Token;
        Wait(id, after);
        if (after.Body is { } body)
        {
            BodyWritten(id, before?.Body, body, after.Token);
        }
    }

    private void BodyWritten(string id, JobBody? before, JobBody body, long token)
    {
        if (body.Checkpoint is { } checkpoint && checkpoint != before?.Checkpoint)
        {
            Require(TokenOf(checkpoint) == token, "I3", $"{checkpoint} was applied under token {token}");
            Require(body.CheckpointStep >= (before?.CheckpointStep ?? 0), "I4", $"{id} goes back to step {body.CheckpointStep}");
            Require(
                Stored(checkpoint, body.Spec) == (body.CheckpointStep, UndisturbedOf(body.Spec)[body.CheckpointStep]), "I4",
                $"{checkpoint} is not what an undisturbed run has after step {body.CheckpointStep}");
        }

        if (!body.Ended || before is null or { Ended: true })
        {
            return;
        }

        ends.TryAdd(id, body.Status);
        if (body.Status is JobStatus.Completed)
        {
            Require(TokenOf(body.Result!.Video) == token, "I3", $"{body.Result.Video} ended {id} under token {token}");
            Require(
                Stored(body.Result.Video, body.Spec) == (body.Spec.Steps, UndisturbedOf(body.Spec)[^1]), "I4",
                $"{id} is not what an undisturbed run gives");
        }

        var rules = cluster.Settings.JobRules;
        Require(
            body.Status is not JobStatus.Failed || body.LossesInRow >= rules.MaxLossesInRow || body.Losses >= rules.MaxLosses, "I8",
            $"{id} failed after {body.LossesInRow} losses in a row: {body.Error?.Message}");
    }

    private void UserWritten(string owner, UserState user)
    {
        var now = Core.SimWorld.Start + cluster.World.Now;
        var counted = user.Slots.Where(s => s.State is not SlotState.Returned).ToArray();

        // With clocks that jump by an hour, slots may rightly seem older or younger than they are; never by more than the day.
        Require(counted.Length <= cluster.Settings.Quotas.Limit, "I2", $"{owner} has {counted.Length} slots at {now:O}");
        Require(user.Slots.DistinctBy(s => s.JobId).Count() == user.Slots.Count, "I2", $"{owner} has two slots for one job");
        foreach (var (id, spec) in accepted)
        {
            if (spec.Owner == owner && !ends.ContainsKey(id))
            {
                Require(counted.Any(s => s.JobId == id), "I2", $"{id} is accepted and not ended, and has no slot with {owner}");
            }
        }
    }

    /// <summary>An ended job may still be on its way to being deleted; what it ended as does not change.</summary>
    private static bool Same(JobState before, JobState? after) => after?.Body is null
        ? after is null or { Life: JobLife.Deleted }
        : after.Body.Status == before.Body!.Status && after.Token == before.Token && after.Body.Result == before.Body.Result;

    private void Wait(string id, JobState state)
    {
        if (state is not { Life: JobLife.Accepted, Body: { Ended: false, Worker: null } })
        {
            waiting.Remove(id);
        }
        else
        {
            waiting.TryAdd(id, cluster.World.Now);
        }
    }

    /// <summary>What the worker has in hand under leases that are still good.</summary>
    private IEnumerable<(SimRun Run, JobBody Body)> Leased(SimWorker worker)
    {
        foreach (var (run, lease) in worker.InHand)
        {
            if (cluster.Store.Peek<JobState>(lease.JobId) is { Body: { Ended: false } body } stored
                && stored.Token == lease.Grant.Token && body.Worker == worker.Name)
            {
                yield return (run, body);
            }
        }
    }

    private ulong[] UndisturbedOf(JobSpec spec) =>
        undisturbed.TryGetValue(spec.Id, out var known) ? known : undisturbed[spec.Id] = SimLatents.Undisturbed(spec);

    private (int, ulong) Stored(string artifact, JobSpec spec) =>
        cluster.Files.TryGetValue(artifact, out var bytes) ? SimLatents.Read(bytes, spec.Seed) : (-1, 0);

    private string Describe(string id) => cluster.Store.Peek<JobState>(id) is { } state
        ? $"{state.Life} {state.Body?.Status} worker {state.Body?.Worker} token {state.Token} step {state.Body?.CheckpointStep}"
        : "no state";

    /// <summary>The token in <c>jobs/{id}/checkpoints/{token}-{step}…</c> or <c>jobs/{id}/{token}/…</c>.</summary>
    private static long TokenOf(string key)
    {
        var part = key.Split('/') is [_, _, "checkpoints", var file] ? file.Split('-')[0] : key.Split('/')[2];
        return long.Parse(part, CultureInfo.InvariantCulture);
    }

    private static void Require(bool holds, string invariant, string otherwise)
    {
        if (!holds)
        {
            throw new InvariantBrokenException(invariant, otherwise);
        }
    }
}
