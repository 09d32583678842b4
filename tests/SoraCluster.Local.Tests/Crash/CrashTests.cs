using System.Net;
using System.Text;
using Microsoft.Data.Sqlite;
using SoraCluster.Testing;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Local.Tests.Crash;

/// <summary>Real processes, killed at any point: what was accepted ends, once, and is counted once.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MicroPack pack = MicroPack.Create();

    [Fact]
    public async Task Kill_AtRandomPoints_EveryAcceptedJobEndsAndIsCountedOnce()
    {
        var random = new Random(1);
        var accepted = new Dictionary<string, string>();
        for (var round = 0; round < 5; round++)
        {
            await using var doomed = await ServerProcess.StartAsync(folder.Path, pack.Folder);
            var keys = Enumerable.Range(0, 8).Select(i => $"key-{i}").ToArray();
            var (answers, later) = (random.Next(1, 20), TimeSpan.FromMilliseconds(random.Next(500)));
            await SubmitUntilDeadAsync(doomed.Client!, keys, accepted, after => after == answers ? KillAfterAsync(doomed, later) : null);
        }

        Assert.NotEmpty(accepted);
        await using var server = await ServerProcess.StartAsync(folder.Path, pack.Folder);
        var ends = await Task.WhenAll(accepted.Values.Select(server.Client!.EndedAsync));

        // A job that was lost several times in a row without getting anywhere may be given up; all others are clips.
        var completed = accepted.Values.Zip(ends).Where(e => e.Second == "completed").Select(e => e.First).ToArray();
        Assert.Equal(completed.Length, await server.Client.UsedAsync());
        foreach (var id in completed)
        {
            Assert.Equal("ftyp", Encoding.ASCII.GetString(await server.Client.ContentAsync(id), 4, 4));
        }

        // Asking again with the same keys finds the same jobs.
        foreach (var (key, id) in accepted)
        {
            Assert.Equal((HttpStatusCode.OK, id), await server.Client.CreateAsync(key));
        }

        Assert.Equal(0, await server.StopAsync());
        AssertClean(accepted.Count);
    }

    [Fact]
    public async Task Kill_WhileDenoising_GoesOnFromTheCheckpointAndGivesTheSameBytes()
    {
        byte[] undisturbed;
        await using (var server = await ServerProcess.StartAsync(folder.Of("undisturbed"), pack.Folder))
        {
            undisturbed = await MakeAsync(server.Client!, "same-key", null);
            Assert.Equal(0, await server.StopAsync());
        }

        await using (var doomed = await ServerProcess.StartAsync(folder.Of("killed"), pack.Folder))
        {
            await MakeAsync(doomed.Client!, "same-key", doomed);
        }

        await using var heir = await ServerProcess.StartAsync(folder.Of("killed"), pack.Folder);
        var made = await MakeAsync(heir.Client!, "same-key", null);
        Assert.Equal(undisturbed, made);
    }

    [Fact]
    public async Task Start_AlmostNoRoomOnTheDisk_RefusesInOneLineThatSaysWhatToDo()
    {
        await using var server = await ServerProcess.StartAsync(folder.Path, pack.Folder, fileLimit: 8);

        Assert.NotNull(server.Refusal);
        Assert.Contains("cannot be written", server.Refusal);
        Assert.Contains("space", server.Refusal);
        Assert.DoesNotContain('\n', server.Refusal);
    }

    [Fact]
    public async Task Run_DiskFillsUp_RefusesWithA503AndWhatWasAcceptedEndsOnceThereIsRoom()
    {
        var accepted = new List<string>();
        await using (var cramped = await ServerProcess.StartAsync(folder.Path, pack.Folder, fileLimit: 160))
        {
            (HttpStatusCode Status, string? Id)? answer;
            while ((answer = await cramped.Client!.CreateAsync($"key-{accepted.Count}")) is { Id: { } id })
            {
                accepted.Add(id);
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer!.Value.Status);
        }

        await using var server = await ServerProcess.StartAsync(folder.Path, pack.Folder);
        var ends = await Task.WhenAll(accepted.Select(server.Client!.EndedAsync));

        Assert.NotEmpty(accepted);
        Assert.Equal(ends.Count(e => e == "completed"), await server.Client.UsedAsync());
    }

    public void Dispose()
    {
        pack.Dispose();
        folder.Dispose();
    }

    private static async Task KillAfterAsync(ServerProcess server, TimeSpan time)
    {
        await Task.Delay(time, TimeProvider.System);
        await server.KillAsync();
    }

    /// <summary>Sends every key again and again; a lost answer says nothing about the job, so the next life is asked with the same key.</summary>
    /// <param name="kill">Called with the number of answers so far; starts to kill the server at one of them.</param>
    private static async Task SubmitUntilDeadAsync(ServerClient client, string[] keys, Dictionary<string, string> accepted, Func<int, Task?> kill)
    {
        var killing = Task.CompletedTask;
        for (var i = 0; await client.CreateAsync(keys[i % keys.Length]) is { } answer; i++)
        {
            killing = kill(i + 1) ?? killing;
            if (answer.Id is { } id)
            {
                Assert.Equal(id, accepted.GetValueOrDefault(keys[i % keys.Length], id));
                accepted[keys[i % keys.Length]] = id;
            }
        }

        await killing;
    }

    /// <summary>The clip; or, with a server to kill, nothing: it dies once the clip is past its first checkpoint.</summary>
    private static async Task<byte[]> MakeAsync(ServerClient client, string key, ServerProcess? kill)
    {
        var id = (await client.CreateAsync(key, seconds: 6, steps: 60))!.Value.Id!;
        if (kill is not null)
        {
            await client.UntilAsync(id, video => video.GetProperty("sora").GetProperty("step").GetInt32() >= 12);
            await kill.KillAsync();
            return [];
        }

        Assert.Equal("completed", await client.EndedAsync(id));
        return await client.ContentAsync(id);
    }

    private void AssertClean(int jobs)
    {
        Assert.Empty(Directory.GetFileSystemEntries(folder.Of("partial")));
        Assert.DoesNotContain(
            Directory.GetFiles(folder.Of("artifacts"), "*", SearchOption.AllDirectories), file => file.Contains("/checkpoints/", StringComparison.Ordinal));
        using var database = new SqliteConnection($"Data Source={folder.Of("sora.db")};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = "SELECT sum(status = 0), sum(status = 1) FROM jobs";
        using var row = command.ExecuteReader();
        Assert.True(row.Read());
        Assert.Equal((0, jobs), (row.GetInt32(0), row.GetInt32(1)));
    }
}
