using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Remote;

namespace SoraCluster.Local;

/// <summary>Tells an operator when the gateway is lost and when it is there again; once each time, however often it is tried.</summary>
internal sealed class ToldSource(IStepSource source, Uri gateway, Action<string> tell) : IStepSource
{
    private readonly Lock gate = new();
    private string? trouble;
    private bool reached;

    public Task<PullAnswer> PullAsync(PullRequest request, CancellationToken cancellation) =>
        WatchAsync(source.PullAsync(request, cancellation));

    public Task<ReportAnswer> ReportAsync(WorkerReport report, CancellationToken cancellation) =>
        WatchAsync(source.ReportAsync(report, cancellation));

    private async Task<T> WatchAsync<T>(Task<T> call)
    {
        try
        {
            var answer = await call;
            Tell(null);
            return answer;
        }
        catch (GatewayException e) when (e.Passing)
        {
            Tell(e.Message);
            throw;
        }
    }

    private void Tell(string? problem)
    {
        lock (gate)
        {
            if (problem is not null && trouble is null)
            {
                tell($"{problem} It is tried again.");
            }
            else if (problem is null && (trouble is not null || !reached))
            {
                tell($"Connected to {gateway}.");
            }

            reached |= problem is null;
            trouble = problem;
        }
    }
}
