using System.Globalization;
using System.Text.Json;
using Xunit.Abstractions;

namespace SoraCluster.Cli.Tests;

/// <summary>
/// A node and three workers over HTTP, of which one or the other is killed every two seconds (<c>SORA_KILL_SECONDS</c>). Small by
/// default; with <c>SORA_KILLED_JOBS=60</c> it is as large as said there, and the killing goes on until every job has ended.
/// </summary>
public sealed class KilledProcessTests(ITestOutputHelper output) : IDisposable
{
    private const int Workers = 3;
    private const int Steps = 40;

    private static readonly int? Asked = Number("SORA_KILLED_JOBS");
    private static readonly int Jobs = Asked ?? 6;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(Number("SORA_KILL_SECONDS") ?? 2);

    private readonly RemoteCluster cluster = new();
    private readonly Random random = new(4);

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task Kill_WorkersAndNodeAtRandom_EveryJobEndsOnceTheSame()
    {
        var undisturbed = await UndisturbedAsync();
        var processes = new Sora.Run[1 + Workers];
        processes[0] = await cluster.ServeAsync("--no-worker");
        for (var i = 1; i <= Workers; i++)
        {
            processes[i] = await cluster.JoinAsync();
        }

        var ids = await cluster.SubmitAsync(Jobs, Steps);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        using var done = new CancellationTokenSource();
        var killing = KillAsync(processes, Asked is null ? 4 : int.MaxValue, done.Token);
        var ending = Task.WhenAll(ids.Select(id => cluster.UntilAsync(id, RemoteCluster.Ended)));
        if (await Task.WhenAny(ending, killing) == killing)
        {
            await killing;
        }

        var seen = await ending;
        await done.CancelAsync();
        var (nodes, workers) = await killing;
        var took = watch.Elapsed;
        var last = await Task.WhenAll(ids.Select(cluster.VideoAsync));

        Assert.All(last, video => Assert.Equal("completed", video.GetProperty("status").GetString()));
        Assert.Equal(seen.Select(EndOf), last.Select(EndOf));
        Assert.Equal(Jobs, (await cluster.GetAsync("/v1/me/limits")).GetProperty("videos").GetProperty("used").GetInt32());
        Assert.Equal(undisturbed, await Task.WhenAll(ids.Select(cluster.ClipAsync)));
        var redone = 0;
        foreach (var id in ids)
        {
            var again = (await cluster.GetAsync($"/v1/videos/{id}/trace")).GetProperty("steps_redone").GetInt32();
            Assert.InRange(again, 0, RemoteCluster.CheckpointEvery * (cluster.LeasesOf(id) - 1));
            redone += again;
        }

        output.WriteLine(
            $"{Jobs} jobs of {Steps} steps in {took.TotalSeconds:F0} s; killed: {nodes} times the node, {workers} times a worker; "
            + $"{ids.Sum(cluster.LeasesOf)} leases, {redone} steps redone");
    }

    private async Task<string[]> UndisturbedAsync()
    {
        var node = await cluster.ServeAsync();
        var ids = await cluster.SubmitAsync(Jobs, Steps);
        await Task.WhenAll(ids.Select(id => cluster.UntilAsync(id, RemoteCluster.Ended)));
        var clips = await Task.WhenAll(ids.Select(cluster.ClipAsync));
        await RemoteCluster.KillAsync(node);
        Directory.Delete(cluster.Sora.Data, recursive: true);
        return clips;
    }

    /// <summary>Kills one of them after the other, in an order that is drawn anew once all had their turn, and starts it again at once.</summary>
    private async Task<(int Nodes, int Workers)> KillAsync(Sora.Run[] processes, int most, CancellationToken done)
    {
        var killed = new int[processes.Length];
        var order = Enumerable.Range(0, processes.Length).ToArray();
        while (killed.Sum() < most)
        {
            await Task.Delay(Period, TimeProvider.System, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested)
            {
                break;
            }

            if (killed.Sum() % order.Length == 0)
            {
                random.Shuffle(order);
            }

            var victim = order[killed.Sum() % order.Length];
            killed[victim]++;
            await RemoteCluster.KillAsync(processes[victim]);
            processes[victim] = victim == 0 ? cluster.StartNode("--no-worker") : cluster.StartWorker();
        }

        return (killed[0], killed[1..].Sum());
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static double EndOf(JsonElement video) => video.GetProperty("completed_at").GetDouble();
}
