using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Errors;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Errors;

public sealed class ErrorShapeTests
{
    [Fact]
    public void ErrorMap_EveryCode_HasAnEntry()
    {
        foreach (var code in Enum.GetValues<SoraErrorCode>())
        {
            var (status, type, name) = ErrorMap.Of(code);
            Assert.InRange(status, 400, 599);
            Assert.NotEmpty(type);
            Assert.Matches("^[a-z_]+$", name);
        }

        Assert.Equal(Enum.GetValues<SoraErrorCode>().Length, Enum.GetValues<SoraErrorCode>().Select(c => ErrorMap.Of(c).Code).Distinct().Count());
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, "not_found")]
    [InlineData("GET", "/v1/nothing", 404, "not_found")]
    [InlineData("PATCH", "/v1/videos", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/models/gpt-4", 404, "not_found")]
    public async Task Route_ThatIsNotThere_AnswersInTheWiresShape(string method, string path, int status, string code)
    {
        await using var host = await GatewayHost.StartAsync();
        using var response = await host.SendAsync(new HttpMethod(method), path);
        var body = await response.JsonAsync(status);
        Assert.Equal(code, body.GetProperty("error").GetProperty("code").GetString());
        Assert.NotNull(response.Header("x-request-id"));
    }

    [Fact]
    public async Task Body_LargerThanTheLimit_Is413()
    {
        await using var host = await GatewayHost.StartAsync(o => o.MaxBodyBytes = 1 << 20);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[2 << 20]), "input_reference", "a.png" } };
        using var response = await host.SendAsync(HttpMethod.Post, "/v1/videos", form);
        await response.ErrorAsync(413, "file_too_large");
    }

    [Fact]
    public async Task Body_LargerThanTheLimitWithoutSayingSo_Is413()
    {
        await using var host = await GatewayHost.StartAsync(o => o.MaxBodyBytes = 1 << 20);
        using var form = new MultipartFormDataContent { { new StreamContent(new UnknownLength(new byte[2 << 20])), "input_reference", "a.png" } };
        form.Headers.ContentLength = null;
        using var response = await host.SendAsync(HttpMethod.Post, "/v1/videos", form, ("Transfer-Encoding", "chunked"));
        await response.ErrorAsync(413, "file_too_large");
        Assert.Empty(host.Artifacts.Keys);
    }

    [Theory]
    [InlineData("multipart/form-data", "")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nball")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nnonsense\r\n\r\nball\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\n\r\nball\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "no parts at all")]
    public async Task Multipart_Malformed_Is400(string type, string body)
    {
        await using var host = await GatewayHost.StartAsync();
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await host.SendAsync(HttpMethod.Post, "/v1/videos", content);
        await response.ErrorAsync(400, "invalid_request_error");
    }

    [Fact]
    public async Task Exception_InAnEntity_SaysNothingButTheRequestId()
    {
        await using var host = await GatewayHost.StartAsync(services: s => s.AddSingleton<IJobIndex, BrokenIndex>());
        using var response = await host.SendAsync(HttpMethod.Get, "/v1/videos");
        var error = await response.ErrorAsync(500, "internal");
        Assert.Contains(response.Header("x-request-id")!, error.Message(), StringComparison.Ordinal);
        Assert.DoesNotContain("/secret/path", error.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ja", true)]
    [InlineData("ja-JP, en;q=0.5", true)]
    [InlineData("en, ja", false)]
    [InlineData("jam", false)]
    [InlineData("", false)]
    public void PrefersJapanese_ByTheFirstLanguage(string header, bool expected) =>
        Assert.Equal(expected, ErrorWriter.PrefersJapanese(header));

    [Fact]
    public async Task Health_BothCalls_NeedNoKey()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.IssueKeyAsync("alice", "operator");
        using var live = await host.SendAsync(HttpMethod.Get, "/healthz");
        using var ready = await host.SendAsync(HttpMethod.Get, "/health");
        await live.JsonAsync(200);
        await ready.JsonAsync(200);
        host.Catalog.Models = [];
        using var empty = await host.SendAsync(HttpMethod.Get, "/health");
        Assert.Equal("unavailable", (await empty.JsonAsync(503)).GetProperty("status").GetString());
    }

    private sealed class BrokenIndex : IJobIndex
    {
        public Task AddAsync(JobIndexEntry entry) => throw Trouble();

        public Task MarkFinishedAsync(string jobId, DateTimeOffset? expiresAt) => throw Trouble();

        public Task RemoveAsync(string jobId, int attempt = int.MaxValue) => throw Trouble();

        public IAsyncEnumerable<JobIndexEntry> ListUnfinishedAsync(CancellationToken cancellation = default) => throw Trouble();

        public IAsyncEnumerable<JobIndexEntry> ListExpiredAsync(DateTimeOffset now, CancellationToken cancellation = default) => throw Trouble();

        public Task<JobPage> ListByOwnerAsync(JobPageRequest request) => throw Trouble();

        private static InvalidOperationException Trouble() => new("Cannot open /secret/path.");
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
