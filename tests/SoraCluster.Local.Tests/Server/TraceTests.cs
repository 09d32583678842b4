using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using SoraCluster.Local.Tests.Crash;
using SoraCluster.Testing;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Local.Tests.Server;

/// <summary>What is done for a job, by whatever thread and in whatever batch, belongs to the trace of the request that asked for it.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly MicroPack pack = MicroPack.Create();
    private readonly ConcurrentBag<Activity> ended = [];
    private readonly ActivityListener listener;

    public TraceTests()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.AspNetCore" or "SoraCluster.Worker",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
    }

    [Fact]
    public async Task Create_TwoJobsAtOnce_EachTraceHasItsRequestAndAllOfItsSteps()
    {
        await using (var server = await LocalServer.StartAsync(Options()))
        {
            using var client = new ServerClient(server.BaseAddress);
            var ids = await Task.WhenAll(CreateAsync(server, Trace('a')), CreateAsync(server, Trace('b')));
            foreach (var id in ids)
            {
                Assert.Equal("completed", await client.EndedAsync(id));
            }
        }

        foreach (var trace in new[] { Trace('a'), Trace('b') })
        {
            var spans = ended.Where(span => span.TraceId.ToHexString() == trace).ToArray();
            var request = Assert.Single(spans, span => span.OperationName.EndsWith("HttpRequestIn", StringComparison.Ordinal));
            var job = Assert.Single(spans, span => span.OperationName == "job");
            Assert.Equal(request.SpanId, job.ParentSpanId);
            var steps = spans.Where(span => span.OperationName == "step").ToArray();
            Assert.All(steps, step => Assert.Equal(job.SpanId, step.ParentSpanId));
            Assert.Equal(Enumerable.Range(0, 12), steps.Select(step => (int)step.GetTagItem("sora.step")!).Order());
            Assert.Contains(spans, span => span.OperationName == "checkpoint" && span.ParentSpanId == job.SpanId);
            Assert.Single(spans, span => span.OperationName == "finish" && span.ParentSpanId == job.SpanId);
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        pack.Dispose();
        folder.Dispose();
    }

    private LocalServerOptions Options() => new()
    {
        Port = 0,
        DataFolder = folder.Of("data"),
        PackFolders = [pack.Folder],
        Gateway = gateway => gateway.RequestsPerMinute = 0,
    };

    private static string Trace(char digit) => new(digit, 32);

    private static async Task<string> CreateAsync(LocalServer server, string trace)
    {
        using var http = new HttpClient { BaseAddress = server.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/videos")
        {
            Content = JsonContent.Create(new { prompt = "a red ball bounces", seconds = "2", steps = 12 }),
        };
        request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
