using SoraCluster.Domain.Jobs;

namespace SoraCluster.Gateway.Tests.Support;

/// <summary>Runs every job as it comes: fails prompts that contain "fail", completes the others.</summary>
internal sealed class AutoWorker : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    public AutoWorker(GatewayHost host) => running = RunAsync(host);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync(GatewayHost host)
    {
        while (!stop.IsCancellationRequested)
        {
            await foreach (var entry in host.Index.ListUnfinishedAsync())
            {
                if (await host.Job(entry.JobId).GetAsync() is { Status: JobStatus.Queued } job)
                {
                    await WorkAsync(host, job.Spec);
                }
            }

            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop.Token));
        }
    }

    private static async Task WorkAsync(GatewayHost host, JobSpec spec)
    {
        try
        {
            await (spec.Prompt.Contains("fail", StringComparison.Ordinal) ? host.FailAsync(spec.Id) : host.CompleteAsync(spec.Id));
        }
        catch (Xunit.Sdk.XunitException)
        {
            // It was deleted in the middle: the lease was lost.
        }
    }
}
