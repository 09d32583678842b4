using System.Runtime.CompilerServices;
using SoraCluster.Cli.Api;

namespace SoraCluster.Cli.Hosting;

/// <summary>
/// One job from request to clip. A job is durable and its server need not be: when the server that this command shared with
/// another process goes, the next one on the same data folder, ours if need be, carries the job on.
/// </summary>
internal sealed class JobFollower(ServerChoice choice) : IAsyncDisposable
{
    private const int MaxServers = 5;
    private ServerSession? session;
    private string? id;

    public async Task CreateAsync(CreateVideo request, CancellationToken cancellation)
    {
        session = await ServerSession.OpenAsync(choice, cancellation);
        id = (await session.Api.CreateAsync(request, cancellation)).Id;
    }

    /// <summary>The video as it changes, up to its end.</summary>
    public async IAsyncEnumerable<Video> FollowAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var servers = 1; ; servers++)
        {
            await using var updates = session!.Api.WatchAsync(id!, cancellation).GetAsyncEnumerator(cancellation);
            while (await MoveNextAsync(updates, lastTry: servers == MaxServers))
            {
                yield return updates.Current;
                if (updates.Current.Ended)
                {
                    yield break;
                }
            }

            await session.DisposeAsync();
            session = await ServerSession.OpenAsync(choice, cancellation);
        }
    }

    public Task DownloadAsync(Stream destination, CancellationToken cancellation) =>
        session!.Api.DownloadAsync(id!, destination, cancellation);

    /// <summary>Calls the job off, as far as there is one and its server can be reached.</summary>
    public async Task CancelAsync()
    {
        if (id is null || session is null)
        {
            return;
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            await session.Api.CancelAsync(id, patience.Token);
        }
        catch (Exception unreachable) when (unreachable is ApiException or ServerLostException or OperationCanceledException)
        {
            // The job then runs to its end on its server; the user has been told that nothing was written here.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (session is not null)
        {
            await session.DisposeAsync();
        }
    }

    /// <summary>False when the stream ended before the job did, or the server went away.</summary>
    private static async Task<bool> MoveNextAsync(IAsyncEnumerator<Video> updates, bool lastTry)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (ServerLostException) when (!lastTry)
        {
            return false;
        }
    }
}
