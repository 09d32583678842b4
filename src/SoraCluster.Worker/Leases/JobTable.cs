using SoraCluster.Domain.Jobs;

namespace SoraCluster.Worker.Leases;

/// <summary>The jobs in hand, and the signals that something about them has changed. Belongs to the worker's turns.</summary>
internal sealed class JobTable
{
    // Replaced, never changed: the gauges read it on other threads.
    private volatile HeldJob[] jobs = [];
    private TaskCompletionSource changed = new();
    private long arrivals;

    public IReadOnlyList<HeldJob> Jobs => jobs;

    /// <summary>Raised when a job can be stepped that could not before, or has to leave.</summary>
    public Signal StepNews { get; } = new();

    /// <summary>Raised when there is something to tell the queue.</summary>
    public Signal ReportNews { get; } = new();

    /// <summary>Raised when there may be room for another job.</summary>
    public Signal RoomNews { get; } = new();

    /// <summary>The worker takes no more and gives back what it has.</summary>
    public bool Stopping { get; private set; }

    public bool HoldsAlone => Array.Exists(jobs, job => job.Alone);

    /// <summary>Not yet decoded.</summary>
    public IEnumerable<HeldJob> Stepping => jobs.Where(job => job.Stage <= JobStage.Denoise);

    public int Finishing => jobs.Count(job => job.Stage > JobStage.Denoise);

    public long NextArrival() => arrivals++;

    public HeldJob? Find(string jobId) => Array.Find(jobs, job => job.Id == jobId);

    public void Add(HeldJob job)
    {
        jobs = [.. jobs, job];
        Changed();
    }

    public void Remove(HeldJob job)
    {
        jobs = Array.FindAll(jobs, other => other != job);
        RoomNews.Set();
        Changed();
    }

    /// <summary>Returns when nothing is left beside this job, but for those that wait for the same thing behind it.</summary>
    public async Task EmptyButForAsync(HeldJob job, CancellationToken cancellation)
    {
        while (Array.Exists(jobs, other => other != job && (!other.Alone || other.Arrival < job.Arrival)))
        {
            await changed.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>Asks everything to leave.</summary>
    public void Stop()
    {
        Stopping = true;
        foreach (var job in jobs)
        {
            job.Interrupt(Interruption.Stop);
        }

        StepNews.Set();
        RoomNews.Set();
    }

    private void Changed()
    {
        changed.TrySetResult();
        changed = new();
    }
}
