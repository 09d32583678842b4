using System.Collections.Concurrent;
using System.Net;
using SoraCluster.Domain.Users;
using SoraCluster.Testing;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Local.Tests.Crash;

/// <summary>The daily allowance under attack: a crowd of impatient clients of one user, a server that is killed under them, and refunds.</summary>
public sealed class AllowanceTests : IDisposable
{
    private const int Askers = 200;

    private static readonly int Limit = new QuotaOptions().Limit;

    private readonly TemporaryFolder folder = new();
    private readonly MicroPack pack = MicroPack.Create();

    [Fact]
    public async Task Create_TwoHundredAtOnceWithRetriesKillsAndRefunds_CountIsExact()
    {
        var random = new Random(1);
        await using var server = await RestartingServer.StartAsync(folder.Path, pack.Folder);
        var accepted = new ConcurrentDictionary<string, string>();

        // Each asks twice at the same time, as a client does that gave up waiting, and again until it is told yes or no.
        string[] keys = [.. Enumerable.Range(0, Askers).Select(i => $"key-{i}")];
        await UnderKillsAsync(server, random, 3, [.. keys, .. keys], key => AskAsync(server, key, accepted));
        await AssertCountAsync(server, accepted);

        // Places are given back, each once, and are taken again by those who were refused.
        string[] called = [.. accepted.Values.Take(10)];
        await UnderKillsAsync(server, random, 1, [.. called, .. called], server.CancelAsync);
        await AssertCountAsync(server, accepted);
        await UnderKillsAsync(server, random, 1, Refused(), key => AskAsync(server, key, accepted));
        while (await AssertCountAsync(server, accepted) < Limit)
        {
            await Task.WhenAll(Refused().Select(key => AskAsync(server, key, accepted)));
        }

        Assert.True(accepted.Count >= Limit + called.Length, "The places that were given back were not taken again.");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await server.CreateAsync("one more")).Status);

        // Only what was completed counts in the end.
        var ends = await Task.WhenAll(accepted.Values.Select(server.CancelAsync));
        Assert.Equal(ends.Count(e => e == "completed"), await server.Client.UsedAsync());

        string[] Refused() => [.. keys.Where(key => !accepted.ContainsKey(key))];
    }

    public void Dispose()
    {
        pack.Dispose();
        folder.Dispose();
    }

    /// <summary>Everything at once, while the server is killed some times.</summary>
    private static async Task UnderKillsAsync(RestartingServer server, Random random, int kills, string[] items, Func<string, Task> act)
    {
        var acting = Task.WhenAll(items.Select(act));
        for (var i = 0; i < kills; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 400)), TimeProvider.System);
            await server.KillAndRestartAsync();
        }

        await acting;
    }

    private static async Task AskAsync(RestartingServer server, string key, ConcurrentDictionary<string, string> accepted)
    {
        var (status, id) = await server.CreateAsync(key);
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, $"{status}");
        if (id is not null)
        {
            Assert.Equal(id, accepted.GetOrAdd(key, id));
        }
    }

    /// <returns>The count that the user is told: that of the videos that were accepted and have not failed or been cancelled.</returns>
    private static async Task<int> AssertCountAsync(RestartingServer server, ConcurrentDictionary<string, string> accepted)
    {
        Assert.Equal(accepted.Values.Order(), (await server.Client.ListAsync()).Keys.Order());
        while (true)
        {
            var (before, used, after) = (await LiveAsync(), await server.Client.UsedAsync(), await LiveAsync());
            Assert.InRange(used, 0, Limit);
            if (before == after)
            {
                Assert.Equal(before, used);
                return used;
            }
        }

        async Task<int> LiveAsync() => (await server.Client.ListAsync()).Values.Count(status => status != "failed");
    }
}
