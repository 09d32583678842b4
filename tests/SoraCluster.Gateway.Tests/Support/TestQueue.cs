using SoraCluster.Domain.Steps;

namespace SoraCluster.Gateway.Tests.Support;

/// <summary>A queue whose length the test sets.</summary>
internal sealed class TestQueue : IStepQueue
{
    public int Waiting { get; set; }

    /// <summary>Lengths that are told first, one for each question.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<int> First { get; } = new();

    /// <summary>The job that waits, for those who move it.</summary>
    public string? Movable { get; set; }

    /// <summary>What operators told it.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Told { get; } = new();

    public WaitExplanation? Explanation { get; set; }

    public Task<QueueStatus> GetStatusAsync() => Task.FromResult(new QueueStatus(
        "tiny",
        new Dictionary<ServiceClass, int> { [ServiceClass.Standard] = First.TryDequeue(out var first) ? first : Waiting },
        new Dictionary<ServiceClass, TimeSpan>(),
        Leased: 0,
        Workers: ["w1"]));

    public Task<WaitExplanation?> ExplainAsync(string jobId) => Task.FromResult(Explanation);

    public Task AnnounceAsync(QueueEntry entry) => Task.CompletedTask;

    public Task WithdrawAsync(string jobId) => Task.CompletedTask;

    public Task<PullAnswer> PullAsync(PullRequest request) => Task.FromResult(new PullAnswer([]));

    public Task<ReportAnswer> ReportAsync(WorkerReport report) => Task.FromResult(new ReportAnswer([]));

    public Task TickAsync() => Task.CompletedTask;

    public Task PauseAsync() => TellAsync("pause");

    public Task ResumeAsync() => TellAsync("resume");

    public Task DrainAsync(string workerId, bool drain) => TellAsync($"drain {workerId} {drain}");

    public Task<bool> ReorderAsync(string jobId, QueuePlacement placement)
    {
        Told.Enqueue($"{placement} {jobId}");
        return Task.FromResult(jobId == Movable);
    }

    private Task TellAsync(string what)
    {
        Told.Enqueue(what);
        return Task.CompletedTask;
    }
}
