using System.Net;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Testing.Hosting;
using SoraCluster.Worker.Remote;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Remote;

public sealed class RemoteTests : IAsyncLifetime
{
    private RemoteHost host = null!;

    public async Task InitializeAsync() => host = await RemoteHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Calls_KeyOfAUser_AreRefused()
    {
        await host.IssueKeyAsync("00000000000000aa", isOperator: true);
        var token = await host.IssueKeyAsync("00000000000000bb", isOperator: false);

        var pull = await Assert.ThrowsAsync<GatewayException>(
            () => new HttpStepSource(host.Client(token)).PullAsync(TestCluster.Pull(), default));
        var write = await Assert.ThrowsAsync<ArtifactStoreException>(
            () => new HttpArtifactStore(host.Client(token)).WriteAsync("a", (_, _) => Task.CompletedTask));

        Assert.False(pull.Passing);
        Assert.Contains("operator", pull.Message, StringComparison.Ordinal);
        Assert.Contains("operator", write.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, pull.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sora_00000000000000aa_wrong")]
    public async Task Calls_NoKeyOrAWrongOne_AreRefused(string? token)
    {
        await host.IssueKeyAsync("00000000000000aa", isOperator: true);

        var refused = await Assert.ThrowsAsync<GatewayException>(
            () => new HttpStepSource(host.Client(token)).PullAsync(TestCluster.Pull(), default));

        Assert.False(refused.Passing);
    }

    [Fact]
    public async Task Calls_KeyOfAnOperator_AreLetIn()
    {
        var token = await host.IssueKeyAsync("00000000000000aa", isOperator: true);
        await host.Cluster.SubmitAsync(TestCluster.Spec("a"));

        Assert.Single((await new HttpStepSource(host.Client(token)).PullAsync(TestCluster.Pull(), default)).Leases);
    }

    [Fact]
    public async Task Pull_WorkerGoneBeforeTheAnswer_LeaseIsGivenBack()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Source = new Late(host.Cluster.Source, asked, gone, released);
        await host.Cluster.SubmitAsync(TestCluster.Spec("a"));
        using var cancel = new CancellationTokenSource();
        var pull = new HttpStepSource(host.Client()).PullAsync(TestCluster.Pull(), cancel.Token);
        await asked.Task.WaitAsync(Rig.Patience);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);

        await released.Task.WaitAsync(Rig.Patience);

        var next = Assert.Single((await host.Cluster.Source.PullAsync(TestCluster.Pull("w2"), default)).Leases);
        Assert.Equal((2, false), (next.Grant.Token, next.Grant.Alone));
    }

    [Fact]
    public async Task Write_GatewayAwayForAWhile_GoesThroughWhenItIsBack()
    {
        var store = new HttpArtifactStore(host.Client());
        await host.CloseAsync();
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var write = store.WriteAsync("jobs/a/x", async (stream, token) =>
        {
            await stream.WriteAsync("hello"u8.ToArray(), token);
            tried.SetResult();
        });
        await tried.Task.WaitAsync(Rig.Patience);

        await host.OpenAsync();

        Assert.Equal(5, (await write.WaitAsync(Rig.Patience)).Length);
        Assert.NotNull(await host.Cluster.Artifacts.GetInfoAsync("jobs/a/x"));
    }

    [Fact]
    public async Task Write_GatewayAwayForGood_FailsAfterTheLimit()
    {
        var store = new HttpArtifactStore(host.Client(change: options => options with { GapLimit = TimeSpan.Zero }));
        await host.CloseAsync();

        var failed = await Assert.ThrowsAsync<ArtifactStoreException>(() => store.WriteAsync("a", (_, _) => Task.CompletedTask));

        Assert.Contains("cannot be reached", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_DamagedOnTheWay_IsRefusedAndNotStored()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(host.Address, "internal/artifacts/a"))
        {
            Content = new ByteArrayContent([1, 2, 3]),
        };
        request.Headers.Add("x-sora-sha256", new string('0', 64));

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(await host.Cluster.Artifacts.GetInfoAsync("a"));
    }

    [Theory]
    [InlineData("internal/workers/pull", "{\"rubbish\":1}")]
    [InlineData("internal/workers/report", "[]")]
    [InlineData("internal/workers/pull", "null")]
    public async Task Post_Rubbish_IsRefusedInTheWiresShape(string path, string body)
    {
        using var http = new HttpClient();
        using var response = await http.PostAsync(new Uri(host.Address, path), new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("invalid_request_error", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_KeyOutsideTheStore_IsRefused()
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(host.Address, "internal/artifacts/a%5C..%5Cb"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public void Client_TokenOverPlainHttp_IsRefused()
    {
        var refused = Assert.Throws<ArgumentException>(() => new GatewayClient(
            new RemoteOptions { Gateway = new Uri("http://videos.example.org"), Token = "t" }, TimeProvider.System));

        Assert.Contains("https", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_OverHttpWithTheGatewayAwayInBetween_EndsTheJobOnceWithTheUndisturbedResult()
    {
        var spec = TestCluster.Spec("a", steps: 30) with { Seconds = 2 };
        await using var rig = new Rig
        {
            Queue = new FakeQueue(),
            Source = new HttpStepSource(host.Client()),
            Artifacts = new HttpArtifactStore(host.Client()),
            Time = TimeProvider.System,
            Options = Rig.Default with { RetryPause = TimeSpan.FromMilliseconds(5) },
        };
        await host.Cluster.SubmitAsync(spec);
        rig.Start();
        await rig.StepsAsync(3);
        var fourth = await rig.Engine.NextStepAsync();
        await host.CloseAsync();
        rig.Engine.Auto = call => call.Complete();
        fourth.Complete();
        await host.OpenAsync();

        await UntilAsync(async () => (await host.Cluster.Job("a").GetAsync())!.Ended);

        var job = (await host.Cluster.Job("a").GetAsync())!;
        Assert.Equal(JobStatus.Completed, job.Status);
        await using var video = (await host.Cluster.Artifacts.OpenReadAsync(job.Result!.Video))!;
        Assert.Equal($"{FakeRun.Expected(spec)}", await new StreamReader(video).ReadToEndAsync());
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Rig.Patience);
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Gives out the lease only after the worker has gone.</summary>
    private sealed class Late(
        IStepSource inner, TaskCompletionSource asked, TaskCompletionSource gone, TaskCompletionSource released) : IStepSource
    {
        public async Task<PullAnswer> PullAsync(PullRequest request, CancellationToken cancellation)
        {
            await using var _ = cancellation.Register(gone.SetResult);
            asked.SetResult();
            await gone.Task;
            return await inner.PullAsync(request, CancellationToken.None);
        }

        public async Task<ReportAnswer> ReportAsync(WorkerReport report, CancellationToken cancellation)
        {
            var answer = await inner.ReportAsync(report, cancellation);
            released.SetResult();
            return answer;
        }
    }
}
