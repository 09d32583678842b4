using System.Globalization;
using System.Text.Json;

namespace SoraCluster.Bench.Api;

/// <summary>
/// The HTTP API of the local server under load: reads against a bare endpoint, durable creates, open event streams, and whether bad neighbours matter.
/// Server, ceiling and load are processes of their own, on one machine.
/// </summary>
internal static class ApiBench
{
    private const int Connections = 16;

    /// <summary>So many share the creates that none asks for more than the default allowance.</summary>
    private const int Users = 200;

    private const double CreatesPerSecond = 300;
    private static readonly TimeSpan CreateTime = TimeSpan.FromSeconds(15);

    private const string Job = """{"prompt":"a red ball bounces","seconds":"1","steps":1,"guidance_scale":1,"size":"64x64"}""";
    private const string LongJob = """{"prompt":"a red ball bounces","seconds":"12","steps":100,"size":"64x64"}""";

    /// <param name="packFolder">The pack that the server has.</param>
    /// <param name="part"><c>reads</c>, <c>creates</c> or <c>streams</c>; null for all.</param>
    /// <param name="rounds">Rounds of the comparison.</param>
    /// <param name="output">Gets the tables.</param>
    public static async Task RunAsync(string packFolder, string? part, int rounds, TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("sora-bench-api-").FullName;
        try
        {
            if (part is null or "reads")
            {
                await ReadsAsync(packFolder, folder, rounds, output);
            }

            if (part is null or "creates")
            {
                await CreatesAsync(packFolder, folder, output);
            }

            if (part is null or "streams")
            {
                await StreamsAsync(packFolder, folder, output);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ReadsAsync(string packFolder, string folder, int rounds, TextWriter output)
    {
        using var server = await ServedProcess.StartAsync("api-server", packFolder, Path.Combine(folder, "reads"));
        var id = await CreateAsync(server, Job);
        var body = await EndedAsync(server, id);
        var bodyFile = Path.Combine(folder, "body.json");
        await File.WriteAllTextAsync(bodyFile, body);
        using var echo = await ServedProcess.StartAsync("api-echo", bodyFile);

        var request = RawClient.Get($"/v1/videos/{id}");
        var time = TimeSpan.FromSeconds(3);
        foreach (var warm in new[] { server, echo })
        {
            await Load.RateAsync(warm.Address, request, Connections, time);
        }

        var (reads, ceilings) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            ceilings.Add(await Load.RateAsync(echo.Address, request, Connections, time));
            reads.Add(await Load.RateAsync(server.Address, request, Connections, time));
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""

            | reads, {Connections} connections, {rounds} rounds of {time.TotalSeconds} s | per second (median) | of the bare endpoint (median of the rounds' ratios) |
            |---|---|---|
            | bare minimal API, the same {body.Length} bytes | {Statistics.Median(ceilings):F0} | 100 % |
            | `GET /v1/videos/(id)` of a completed video | {Statistics.Median(reads):F0} | {100 * Statistics.MedianRatio(reads, ceilings):F0} % |
            """));
    }

    private static async Task CreatesAsync(string packFolder, string folder, TextWriter output)
    {
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""

            | creates by {Users} users, {CreatesPerSecond} a second for {CreateTime.TotalSeconds} s | median ms | 99 % ms | slowest ms |
            |---|---:|---:|---:|
            """));
        var body = Path.Combine(folder, "created.json");
        await File.WriteAllTextAsync(body, new string(' ', 700));
        using (var echo = await ServedProcess.StartAsync("api-echo", body))
        {
            await CreatesAsync("bare minimal API, nothing kept", echo, [RawClient.Post("/v1/videos", Job)], output);
        }

        using (var node = await ServedProcess.StartAsync("api-server", packFolder, Path.Combine(folder, "node"), "--no-worker"))
        {
            await CreatesAsync("durable, workers elsewhere", node, await IssueKeysAsync(node, Users).Select(PostAs).ToArrayAsync(), output);
        }

        using var server = await ServedProcess.StartAsync("api-server", packFolder, Path.Combine(folder, "creates"));
        await CreatesAsync("durable, a worker busy on the same cores", server, await IssueKeysAsync(server, Users).Select(PostAs).ToArrayAsync(), output);
        using (var echo = await ServedProcess.StartAsync("api-echo", body)) // the jobs that were just created keep the worker busy
        {
            await CreatesAsync("bare minimal API beside that worker", echo, [RawClient.Post("/v1/videos", Job)], output);
        }

        static byte[] PostAs(string key) => RawClient.Post("/v1/videos", Job, key);
    }

    private static async Task CreatesAsync(string name, ServedProcess server, byte[][] requests, TextWriter output)
    {
        await Load.LatenciesAsync(server.Address, i => requests[i % requests.Length], CreatesPerSecond, CreateTime, 64); // until the compiler has done its work
        var latencies = await Load.LatenciesAsync(server.Address, i => requests[i % requests.Length], CreatesPerSecond, CreateTime, 64);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {Load.Percentile(latencies, 0.5):F1} | {Load.Percentile(latencies, 0.99):F1} | {latencies.Max():F1} |"));
    }

    private static async IAsyncEnumerable<string> IssueKeysAsync(ServedProcess server, int count)
    {
        using var client = new RawClient();
        await client.ConnectAsync(server.Address);
        string? first = null;
        for (var i = 0; i < count; i++)
        {
            var body = $$"""{"owner":"user-{{i}}","scope":"{{(i == 0 ? "operator" : "user")}}"}""";
            await client.CallAsync(RawClient.Post("/v1/keys", body, first));
            var key = JsonDocument.Parse(client.BodyText()).RootElement.GetProperty("key").GetString()!;
            first ??= key;
            yield return key;
        }
    }

    private static async Task StreamsAsync(string packFolder, string folder, TextWriter output)
    {
        using var server = await ServedProcess.StartAsync("api-server", packFolder, Path.Combine(folder, "streams"));
        var done = await CreateAsync(server, Job);
        await EndedAsync(server, done);
        var waiting = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            waiting.Add(await CreateAsync(server, LongJob));
        }

        var read = RawClient.Get($"/v1/videos/{done}");
        var alone = await Load.LatenciesAsync(server.Address, _ => read, 100, TimeSpan.FromSeconds(5), 16);
        var before = server.ResidentBytes();
        var streams = new List<RawClient>();
        await OpenStreamsAsync(server, waiting, streams, 5000);
        var with5000 = server.ResidentBytes();
        await OpenStreamsAsync(server, waiting, streams, 10_000);
        var beside = await Load.LatenciesAsync(server.Address, _ => read, 100, TimeSpan.FromSeconds(5), 16);
        var with10000 = server.ResidentBytes();
        streams.ForEach(stream => stream.Dispose());

        var slow = await Load.ConnectAsync(server.Address, 2000, bufferBytes: 1);
        using var dripping = new CancellationTokenSource();
        var drip = DripAsync(slow, dripping.Token);
        var withSlow = await Load.LatenciesAsync(server.Address, _ => read, 100, TimeSpan.FromSeconds(5), 16);
        await dripping.CancelAsync();
        await drip;
        slow.ForEach(client => client.Dispose());
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""

            | the server's memory | MB |
            |---|---|
            | before | {before / 1e6:F0} |
            | with 5,000 event streams open | {with5000 / 1e6:F0} |
            | with 10,000 | {with10000 / 1e6:F0} |

            | 100 reads a second, all answered | median ms | 99 % ms |
            |---|---|---|
            | alone | {Load.Percentile(alone, 0.5):F1} | {Load.Percentile(alone, 0.99):F1} |
            | beside 10,000 event streams | {Load.Percentile(beside, 0.5):F1} | {Load.Percentile(beside, 0.99):F1} |
            | beside 2,000 connections that send their headers a byte at a time | {Load.Percentile(withSlow, 0.5):F1} | {Load.Percentile(withSlow, 0.99):F1} |
            """));
    }

    /// <summary>Opens more, and waits until each has had its first event.</summary>
    private static async Task OpenStreamsAsync(ServedProcess server, List<string> jobs, List<RawClient> streams, int until)
    {
        var more = await Load.ConnectAsync(server.Address, until - streams.Count, bufferBytes: 64);
        foreach (var some in more.Chunk(200))
        {
            await Task.WhenAll(some.Select(async (client, i) =>
            {
                await client.SendAsync(RawClient.Get($"/v1/videos/{jobs[i % jobs.Count]}/events"));
                await client.ReceiveSomeAsync();
            }));
        }

        streams.AddRange(more);
    }

    private static async Task DripAsync(List<RawClient> clients, CancellationToken stop)
    {
        var header = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-Slow: "u8.ToArray();
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var one = new ReadOnlyMemory<byte>([i < header.Length ? header[i] : (byte)'a']);
            foreach (var client in clients)
            {
                await client.SendAsync(one);
            }

            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, stop));
        }
    }

    private static async Task<string> CreateAsync(ServedProcess server, string job)
    {
        using var client = new RawClient();
        await client.ConnectAsync(server.Address);
        var status = await client.CallAsync(RawClient.Post("/v1/videos", job));
        return status == 200
            ? JsonDocument.Parse(client.BodyText()).RootElement.GetProperty("id").GetString()!
            : throw new InvalidOperationException($"Answered {status}: {client.BodyText()}");
    }

    /// <summary>The body of a video that has ended.</summary>
    private static async Task<string> EndedAsync(ServedProcess server, string id)
    {
        using var client = new RawClient();
        await client.ConnectAsync(server.Address);
        while (true)
        {
            await client.CallAsync(RawClient.Get($"/v1/videos/{id}"));
            var body = client.BodyText();
            if (JsonDocument.Parse(body).RootElement.GetProperty("status").GetString() is "completed" or "failed")
            {
                return body;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
