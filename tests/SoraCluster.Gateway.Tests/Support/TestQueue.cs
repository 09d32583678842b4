using SoraCluster.Domain.Steps;

namespace SoraCluster.Gateway.Tests.Support;

/// <summary>A queue whose length the test sets.</summary>
internal sealed class TestQueue : IStepQueue
{
    public int Waiting { get; set; }

    /// <summary>Lengths that are told first, one for each question.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<int> First { get; } = new();

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

    public Task PauseAsync() => Task.CompletedTask;

    public Task ResumeAsync() => Task.CompletedTask;

    public Task DrainAsync(string workerId, bool drain) => Task.CompletedTask;

    public Task<bool> ReorderAsync(string jobId, QueuePlacement placement) => Task.FromResult(false);
}
