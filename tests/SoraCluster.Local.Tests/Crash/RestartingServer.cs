using System.Net;

namespace SoraCluster.Local.Tests.Crash;

/// <summary>A server that is killed and started again under its callers, who try until they have an answer.</summary>
internal sealed class RestartingServer : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string data;
    private readonly string packs;
    private readonly List<ServerProcess> former = []; // their clients may still have calls under way
    private ServerProcess process;

    private RestartingServer(string data, string packs, ServerProcess process) => (this.data, this.packs, this.process) = (data, packs, process);

    /// <summary>Of the process that runs now.</summary>
    public ServerClient Client => process.Client!;

    public static async Task<RestartingServer> StartAsync(string data, string packs) =>
        new(data, packs, await ServerProcess.StartAsync(data, packs));

    public async Task KillAndRestartAsync()
    {
        await process.KillAsync();
        former.Add(process);
        process = await ServerProcess.StartAsync(data, packs);
    }

    /// <summary>Asks for a clip that takes a while.</summary>
    public async Task<(HttpStatusCode Status, string? Id)> CreateAsync(string key) =>
        (await UntilAnsweredAsync(async client => await client.CreateAsync(key, seconds: 6, steps: 100)))!.Value;

    /// <returns>How it ended: <c>failed</c>, or <c>completed</c> where it was too late.</returns>
    public async Task<string> CancelAsync(string id) => (await UntilAnsweredAsync(client => client.CancelAsync(id)))!;

    public async ValueTask DisposeAsync()
    {
        foreach (var each in former.Append(process))
        {
            await each.DisposeAsync();
        }
    }

    private async Task<T> UntilAnsweredAsync<T>(Func<ServerClient, Task<T>> ask)
    {
        while (true)
        {
            if (await ask(Client) is { } answer)
            {
                return answer;
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
