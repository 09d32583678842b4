using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Workers;

/// <summary>What operators tell the queues.</summary>
public sealed class QueueTests : IAsyncLifetime
{
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync(workers: true);

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("POST", "queues/tiny/pause", "pause")]
    [InlineData("POST", "queues/tiny/resume", "resume")]
    [InlineData("POST", "queues/tiny/jobs/video_1/first", "First video_1")]
    [InlineData("POST", "queues/tiny/jobs/video_1/last", "Last video_1")]
    [InlineData("POST", "workers/w1/drain", "drain w1 True")]
    [InlineData("DELETE", "workers/w1/drain", "drain w1 False")]
    public async Task Queue_OperatorSpeaks_IsTold(string method, string path, string told)
    {
        host.Queue.Movable = "video_1";

        using var answer = await host.SendAsync(new(method), $"/internal/{path}");

        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Equal(told, Assert.Single(host.Queue.Told.Distinct()));
    }

    [Theory]
    [InlineData("queues/nothing/pause", 404, "not_found")]
    [InlineData("queues/tiny/jobs/video_2/first", 404, "not_found")]
    [InlineData("queues/tiny/jobs/video_1/0", 400, "invalid_request_error")]
    public async Task Queue_NoSuchThing_IsRefused(string path, int status, string code)
    {
        using var answer = await host.SendAsync(HttpMethod.Post, $"/internal/{path}");

        await answer.ErrorAsync(status, code);
    }

    [Fact]
    public async Task Queues_UserWithoutTheScope_IsRefusedAndNothingIsTold()
    {
        var operatorKey = await host.IssueKeyAsync("ops", "operator");
        var key = await host.IssueKeyAsync("ann", "user", operatorKey);

        using var list = await host.SendAsync(HttpMethod.Get, "/internal/queues", null, ("Authorization", $"Bearer {key}"));
        using var pause = await host.SendAsync(HttpMethod.Post, "/internal/queues/tiny/pause", null, ("Authorization", $"Bearer {key}"));
        using var allowed = await host.SendAsync(HttpMethod.Get, "/internal/queues", null, ("Authorization", $"Bearer {operatorKey}"));

        Assert.Equal((403, 403), ((int)list.StatusCode, (int)pause.StatusCode));
        Assert.Empty(host.Queue.Told);
        Assert.Equal("w1", (await allowed.JsonAsync(200))[0].GetProperty("workers")[0].GetString());
    }
}
