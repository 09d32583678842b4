namespace SoraCluster.Cli.Tests;

/// <summary>Workers that dial in, and operators who steer them.</summary>
public sealed class WorkerTests : IDisposable
{
    private const int Jobs = 6;
    private const int Steps = 40;

    private readonly RemoteCluster cluster = new();

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task Worker_CtrlC_GivesItsJobBackAtOnceAndAnotherGoesOn()
    {
        await cluster.ServeAsync("--no-worker");
        var first = await cluster.JoinAsync();
        var id = (await cluster.SubmitAsync(Jobs, Steps))[0];
        await cluster.UntilAsync(id, video => RemoteCluster.Step(video) >= 3);

        first.Signal("INT");
        var ended = await first.EndAsync();

        Assert.True(ended.Status == 0, ended.Errors);
        Assert.Contains("given back", ended.Output);
        await cluster.JoinAsync();
        await cluster.UntilAsync(id, RemoteCluster.Ended);
        Assert.Equal(0, (await cluster.GetAsync($"/v1/videos/{id}/trace")).GetProperty("steps_redone").GetInt32());
    }

    [Fact]
    public async Task Queue_PausedByAnOperator_GivesNothingOutUntilItIsResumed()
    {
        await cluster.ServeAsync("--no-worker");
        await cluster.TellAsync("queues/tiny/pause");
        await cluster.JoinAsync();
        var ids = await cluster.SubmitAsync(Jobs, Steps);
        var queue = (await cluster.GetAsync("/internal/queues"))[0];
        await cluster.TellAsync($"queues/tiny/jobs/{ids[^1]}/first");

        Assert.True(queue.GetProperty("paused").GetBoolean());
        Assert.Equal(0, queue.GetProperty("leased").GetInt32());
        Assert.Equal(Jobs, queue.GetProperty("waiting").EnumerateObject().Sum(c => c.Value.GetInt32()));
        Assert.Equal("The queue is paused by an operator.", (await cluster.GetAsync($"/v1/videos/{ids[0]}/trace")).GetProperty("now").GetString());

        await cluster.TellAsync("queues/tiny/resume");
        await cluster.UntilAsync(ids[^1], RemoteCluster.Ended);
        var decisions = (await cluster.GetAsync($"/v1/videos/{ids[^1]}/trace")).GetProperty("decisions");
        Assert.Equal("operator", decisions[0].GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("an address", "nonsense")]
    [InlineData("not encrypted", "http://videos.example.org")]
    public async Task Worker_BadGateway_IsRefusedBeforeAnythingIsSent(string said, string gateway)
    {
        var run = await cluster.Sora.RunAsync("worker", "--gateway", gateway, "--token", "sk-secret");

        Assert.Equal(2, run.Status);
        Assert.Contains(said, run.Errors);
        Assert.DoesNotContain("sk-secret", run.Errors);
    }

    [Fact]
    public async Task Worker_NobodyThere_SaysSoAndConnectsOnceThereIs()
    {
        var worker = cluster.StartWorker();
        await worker.ErrorsAsync("cannot be reached");

        await cluster.ServeAsync("--no-worker");

        await worker.ErrorsAsync("Connected");
    }
}
