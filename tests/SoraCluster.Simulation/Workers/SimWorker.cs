using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Simulation.Core;
using SoraCluster.Simulation.Stores;

namespace SoraCluster.Simulation.Workers;

/// <summary>
/// The worker's side of the protocol: pull when there is room, step all leases together, stay within the checkpoint interval of
/// what is acknowledged, say how far it is, yield, stop and finish; send again until answered. Its latents are numbers.
/// </summary>
public sealed class SimWorker
{
    private readonly SimCluster cluster;
    private readonly SimWire wire;
    private readonly IArtifactStore files;
    private readonly List<HeldLease> held = [];

    public SimWorker(SimCluster cluster, int number)
    {
        this.cluster = cluster;
        Process = new(cluster.World, $"worker-{number}", 100 + number);
        wire = new(cluster, Process);
        files = new SimArtifactStore(cluster.Files, cluster.Disk, Process);
        Boot();
    }

    public SimProcess Process { get; }

    /// <summary>A new one with every life.</summary>
    public string Name { get; private set; } = "";

    public IReadOnlyList<HeldLease> InHand => held;

    public void Boot()
    {
        held.Clear();
        Name = $"{Process.Name}.{Process.Life}";
        Process.Start(PullAsync);
        Process.Start(StepAsync);
        Process.Start(BeatAsync);
    }

    public void Kill()
    {
        cluster.Checks.WorkerKilled(this);
        Process.Kill();
        held.Clear();
    }

    private async Task PullAsync()
    {
        while (true)
        {
            var free = held.Any(h => h.Lease.Grant.Alone) ? 0 : cluster.Settings.Room - held.Count;
            var key = held.Count == 0 ? null : held[0].Lease.Entry.BatchKey;
            try
            {
                var answer = await wire.PullAsync(new(Name, [SimCluster.Pack], free, key, null, TimeSpan.Zero), default);
                foreach (var lease in answer.Leases)
                {
                    // A lease of a job in hand is a newer one.
                    held.RemoveAll(h => h.Lease.JobId == lease.JobId);
                    var mine = new HeldLease(lease);
                    held.Add(mine);
                    Process.Start(() => OpenAsync(mine));
                }
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                // Asked again after the pause.
            }

            await cluster.World.PauseUpToAsync(TimeSpan.FromSeconds(2), Process);
        }
    }

    private async Task OpenAsync(HeldLease mine)
    {
        while (mine.Lease.Grant.Alone && held.Count > 1 && held.Contains(mine))
        {
            await cluster.World.PauseAsync(TimeSpan.FromMilliseconds(200), Process);
        }

        var spec = mine.Lease.Grant.Spec;
        mine.Latents = SimLatents.Start(spec);
        if (mine.Lease.Grant.Checkpoint is { } checkpoint)
        {
            if (await InsistAsync(mine, () => files.OpenReadAsync(checkpoint)) is not { } stream)
            {
                return;
            }

            var bytes = new byte[8];
            await stream.ReadExactlyAsync(bytes);
            mine.Latents = SimLatents.Read(bytes);
        }

        mine.Open = true;
    }

    private async Task StepAsync()
    {
        while (true)
        {
            var batch = held.Where(CanStep).ToArray();
            if (batch.Any(h => h.Lease.Grant.Alone) || held.Any(h => h.Lease.Grant.Alone))
            {
                // One that runs alone waits until the others have gone; the others go on till then.
                batch = held.Count == 1 ? batch : [.. batch.Where(h => !h.Lease.Grant.Alone)];
            }

            await cluster.World.PauseAsync(TimeSpan.FromSeconds(batch.Length == 0 ? 0.4 : 0.05 * batch.Length), Process);
            foreach (var mine in batch.Where(held.Contains))
            {
                var spec = mine.Lease.Grant.Spec;
                if (IsPoison(spec) && mine.Step >= (int)(spec.Seed % (ulong)spec.Steps))
                {
                    Die(mine);
                    return;
                }

                mine.Latents = SimLatents.Step(mine.Latents, spec, mine.Step);
                mine.Step++;
                AfterStep(mine);
            }
        }
    }

    private bool CanStep(HeldLease mine) => mine is { Open: true, Leaving: false, Yielding: false }
        && mine.Step < mine.Lease.Grant.Spec.Steps
        && (mine.Step - mine.SafeStep < cluster.Settings.CheckpointEvery || cluster.Settings.Bug is PlantedBug.LateCheckpoints);

    private void AfterStep(HeldLease mine)
    {
        if (mine.Step == mine.Lease.Grant.Spec.Steps)
        {
            mine.Leaving = true;
            Process.Start(() => FinishAsync(mine));
        }
        else if (mine.Step - mine.SafeStep >= cluster.Settings.CheckpointEvery && !mine.Storing)
        {
            mine.Storing = true;
            Process.Start(() => CheckpointAsync(mine));
        }
    }

    private async Task BeatAsync()
    {
        while (true)
        {
            await cluster.World.PauseAsync(TimeSpan.FromSeconds(0.5), Process);
            var news = held.Where(h => !h.Leaving).Select(Progress).ToArray();
            if (news.Length > 0)
            {
                Process.Start(() => TellAsync(news));
            }
        }
    }

    private async Task TellAsync(LeaseReport[] news)
    {
        try
        {
            foreach (var directive in (await wire.ReportAsync(new(Name, news), default)).Directives)
            {
                Obey(directive);
            }
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            // The next sign of life says the same and more.
        }
    }

    private void Obey(LeaseDirective directive)
    {
        var mine = held.Find(h => h.Lease.JobId == directive.JobId && h.Lease.Grant.Token == directive.Token);
        if (mine is null)
        {
            return;
        }

        if (directive.Directive is Directive.Stop)
        {
            held.Remove(mine);
        }
        else if (directive.Directive is Directive.Yield && mine is { Yielding: false, Leaving: false, Open: true })
        {
            mine.Yielding = true;
            Process.Start(() => YieldAsync(mine));
        }
    }

    private async Task CheckpointAsync(HeldLease mine)
    {
        var step = mine.Step;
        if (await StoreAsync(mine, step, mine.Latents) is { } saved
            && await SendAsync(mine, new(mine.Lease.JobId, mine.Lease.Grant.Token, Checkpoint: saved)))
        {
            mine.SafeStep = step;
        }

        mine.Storing = false;
    }

    private async Task YieldAsync(HeldLease mine)
    {
        while (mine.Storing && held.Contains(mine))
        {
            await cluster.World.PauseAsync(TimeSpan.FromMilliseconds(50), Process);
        }

        var saved = mine.Step > mine.SafeStep ? await StoreAsync(mine, mine.Step, mine.Latents) : null;
        var token = mine.Lease.Grant.Token;
        await SendAsync(mine, new(mine.Lease.JobId, token, Release: new(token, false, saved)));
    }

    private async Task FinishAsync(HeldLease mine)
    {
        var (job, token) = (mine.Lease.JobId, mine.Lease.Grant.Token);
        var key = JobArtifacts.Result(job, token, "video.mp4");
        await cluster.World.PauseUpToAsync(TimeSpan.FromSeconds(1), Process);
        if (await InsistAsync(mine, () => files.WriteAsync(key, (s, c) => s.WriteAsync(SimLatents.Write(mine.Latents), c).AsTask())) is not null)
        {
            await SendAsync(mine, new(job, token, Completed: new(token, new(key, key, key, key, 8, "00"), 0.1)));
        }
    }

    private async Task<CheckpointSaved?> StoreAsync(HeldLease mine, int step, ulong latents)
    {
        var token = mine.Lease.Grant.Token;
        var key = JobArtifacts.Checkpoint(mine.Lease.JobId, token, step);
        var stored = await InsistAsync(mine, () => files.WriteAsync(key, (s, c) => s.WriteAsync(SimLatents.Write(latents), c).AsTask()));
        return stored is null ? null : new(token, step, key);
    }

    /// <summary>Sends until somebody took it in. False when the lease is lost meanwhile.</summary>
    private async Task<bool> SendAsync(HeldLease mine, LeaseReport news)
    {
        while (held.Contains(mine))
        {
            try
            {
                var answer = await wire.ReportAsync(new(Name, [news]), default);
                if (answer.Directives.FirstOrDefault(d => d.JobId == news.JobId && d.Token == news.Token) is { } directive)
                {
                    Obey(directive);
                    return directive.Directive is not Directive.Stop;
                }
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                // Sent again after the pause.
            }

            await cluster.World.PauseUpToAsync(TimeSpan.FromSeconds(1), Process);
        }

        return false;
    }

    /// <summary>Tries until the store does it; null when the lease is lost meanwhile.</summary>
    private async Task<T?> InsistAsync<T>(HeldLease mine, Func<Task<T>> use)
        where T : class?
    {
        while (held.Contains(mine))
        {
            try
            {
                return await use();
            }
            catch (ArtifactStoreException)
            {
                await cluster.World.PauseUpToAsync(TimeSpan.FromSeconds(1), Process);
            }
        }

        return null;
    }

    private static LeaseReport Progress(HeldLease mine) => new(mine.Lease.JobId, mine.Lease.Grant.Token, Progress: mine.Open
        ? new(mine.Lease.Grant.Token, JobStage.Denoise, mine.Step, mine.Lease.Grant.Spec.Steps, 0.05)
        : new(mine.Lease.Grant.Token, JobStage.Encode, mine.Step, mine.Lease.Grant.Spec.Steps, 0));

    private static bool IsPoison(JobSpec spec) => spec.NegativePrompt == SimClient.PoisonMark;

    private void Die(HeldLease killer)
    {
        cluster.Checks.Poisoned(this, killer.Lease);
        Kill();
        cluster.World.After(TimeSpan.FromSeconds(2), cluster.Operator, Restart);
    }

    public void Restart()
    {
        if (!Process.Alive)
        {
            Process.Restart();
            Boot();
        }
    }
}
