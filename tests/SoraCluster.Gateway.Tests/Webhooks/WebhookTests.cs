using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Webhooks;
using SoraCluster.Gateway.Tests.Support;
using SoraCluster.Gateway.Webhooks;

namespace SoraCluster.Gateway.Tests.Webhooks;

public sealed class WebhookTests : IAsyncLifetime
{
    private readonly List<Received> received = [];
    private GatewayHost host = null!;
    private WebApplication receiver = null!;
    private int answer = 204;

    private sealed record Received(string Id, string Timestamp, string Signature, string Body);

    public async Task InitializeAsync()
    {
        // The pump is run by hand: its own timer would run with the manual clock.
        host = await GatewayHost.StartAsync(o => (o.AllowPrivateAddresses, o.WebhookInterval) = (true, TimeSpan.FromMinutes(1)));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        receiver = builder.Build();
        receiver.MapPost("/hook", ReceiveAsync);
        receiver.MapPost("/redirect", (HttpContext context) => context.Response.Redirect("/hook"));
        await receiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await receiver.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Completed_IsDeliveredOnceAndSigned()
    {
        var secret = await RegisterAsync("/hook");
        var id = await host.CreateAsync();
        await PumpAsync();
        Assert.Empty(received);
        await host.CompleteAsync(id);
        await PumpAsync();
        await PumpAsync();
        var delivery = Assert.Single(received);
        var payload = JsonDocument.Parse(delivery.Body).RootElement;
        Assert.Equal("video.completed", payload.GetProperty("type").GetString());
        Assert.Equal(id, payload.GetProperty("data").GetProperty("id").GetString());
        Assert.Equal(delivery.Id, payload.GetProperty("id").GetString());
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var signed = Encoding.UTF8.GetBytes($"{delivery.Id}.{delivery.Timestamp}.{delivery.Body}");
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)), delivery.Signature);
    }

    [Fact]
    public async Task Failed_OnlyWhoAskedForItHears()
    {
        await RegisterAsync("/hook", "video.completed");
        await host.FailAsync(await host.CreateAsync());
        await PumpAsync();
        Assert.Empty(received);
        await RegisterAsync("/hook", "video.failed");
        await host.FailAsync(await host.CreateAsync());
        await PumpAsync();
        Assert.Contains("video.failed", Assert.Single(received).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndpointRefuses_IsTriedForADayThenDeadAndCanBeReplayed()
    {
        await RegisterAsync("/hook", "video.completed");
        answer = 500;
        await host.CompleteAsync(await host.CreateAsync());
        for (var hour = 0; hour < 26; hour++)
        {
            await PumpAsync();
            host.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.InRange(received.Count, 8, 26);
        Assert.Single(received.Select(r => r.Id).Distinct());
        using var list = await host.SendAsync(HttpMethod.Get, "/v1/webhooks/dead_letters");
        var dead = Assert.Single((await list.JsonAsync(200)).GetProperty("data").EnumerateArray());
        Assert.Contains("500", dead.GetProperty("last_error").GetString(), StringComparison.Ordinal);

        var tried = received.Count;
        answer = 204;
        using var replay = await host.SendAsync(
            HttpMethod.Post, $"/v1/webhooks/dead_letters/{dead.GetProperty("id").GetString()}/replay");
        await replay.JsonAsync(200);
        await PumpAsync();
        Assert.Equal(tried + 1, received.Count);
        using var after = await host.SendAsync(HttpMethod.Get, "/v1/webhooks/dead_letters");
        Assert.Equal(0, (await after.JsonAsync(200)).GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task Retry_ComesAfterFiveSecondsThenThirty()
    {
        await RegisterAsync("/hook");
        answer = 503;
        await host.CompleteAsync(await host.CreateAsync());
        int[] seconds = [0, 4, 1, 29, 1];
        int[] expected = [1, 1, 2, 2, 3];
        foreach (var (wait, count) in seconds.Zip(expected))
        {
            host.Clock.Advance(TimeSpan.FromSeconds(wait));
            await PumpAsync();
            Assert.Equal(count, received.Count);
        }
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        await RegisterAsync("/redirect");
        await host.CompleteAsync(await host.CreateAsync());
        await PumpAsync();
        Assert.Empty(received);
    }

    [Fact]
    public async Task DeletedBeforeItsEnd_IsForgotten()
    {
        await RegisterAsync("/hook");
        var id = await host.CreateAsync();
        using var deleted = await host.SendAsync(HttpMethod.Delete, $"/v1/videos/{id}");
        host.Clock.Advance(TimeSpan.FromMinutes(6));
        await PumpAsync();
        Assert.Empty(await host.Entities.Get<IWebhookOutbox>("local").ListExpectedAsync());
        Assert.Empty(received);
    }

    [Fact]
    public async Task RefusedJob_IsNotWaitedFor()
    {
        await using var small = await GatewayHost.StartAsync(o => o.AllowPrivateAddresses = true, allowance: 0);
        using var hook = await small.PostJsonAsync("/v1/webhooks", """{"url":"http://127.0.0.1:1/hook"}""");
        await hook.JsonAsync(200);
        using var refused = await small.PostJsonAsync("/v1/videos", """{"prompt":"x"}""");
        await refused.ErrorAsync(429, "rate_limit_exceeded");
        Assert.Empty(await small.Entities.Get<IWebhookOutbox>("local").ListExpectedAsync());
    }

    [Theory]
    [InlineData("http://example.com/hook")]
    [InlineData("https://127.0.0.1/hook")]
    [InlineData("https://[::ffff:10.0.0.1]/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://user:pass@example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("/hook")]
    public async Task Register_AddressThatMustNotBeCalled_IsRefused(string url)
    {
        await using var closed = await GatewayHost.StartAsync();
        using var response = await closed.PostJsonAsync("/v1/webhooks", JsonSerializer.Serialize(new Dictionary<string, string> { ["url"] = url }));
        await response.ErrorAsync(400, "invalid_request_error", "url");
    }

    [Fact]
    public async Task Deliver_NameThatLeadsInside_IsNotConnectedTo()
    {
        var resolver = new RebindingResolver([IPAddress.Parse("93.184.216.34"), IPAddress.Loopback]);
        await using var closed = await GatewayHost.StartAsync(
            o => o.WebhookInterval = TimeSpan.FromMinutes(1), services: s => s.AddSingleton<IHostResolver>(resolver));
        using var hook = await closed.PostJsonAsync(
            "/v1/webhooks", $$"""{"url":"https://hooks.example:{{new Uri(receiver.Urls.First()).Port}}/hook"}""");
        await hook.JsonAsync(200);
        await closed.CompleteAsync(await closed.CreateAsync());
        await closed.Webhooks.RunOnceAsync(CancellationToken.None);
        Assert.Equal(1, resolver.Asked);
        var state = closed.Entities.Get<IWebhookOutbox>("local");
        closed.Clock.Advance(TimeSpan.FromDays(2));
        await closed.Webhooks.RunOnceAsync(CancellationToken.None);
        Assert.Contains("private address", Assert.Single(await state.ListDeadAsync()).LastError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("172.31.255.255", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("::ffff:192.168.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:0001::", false)]
    [InlineData("64:ff9b::808:808", true)]
    public void IsPublic_Address_IsToldApart(string address, bool expected) =>
        Assert.Equal(expected, PublicAddresses.IsPublic(IPAddress.Parse(address)));

    private Task PumpAsync() => host.Webhooks.RunOnceAsync(CancellationToken.None);

    private async Task<string> RegisterAsync(string path, params string[] events)
    {
        var url = receiver.Urls.First() + path;
        var body = JsonSerializer.Serialize(new Dictionary<string, object> { ["url"] = url, ["events"] = events });
        using var response = await host.PostJsonAsync("/v1/webhooks", body);
        return (await response.JsonAsync(200)).GetProperty("secret").GetString()!;
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = context.Request.Headers;
        lock (received)
        {
            received.Add(new Received(headers["webhook-id"]!, headers["webhook-timestamp"]!, headers["webhook-signature"]!, body));
        }

        context.Response.StatusCode = answer;
    }

    private sealed class RebindingResolver(IPAddress[] addresses) : IHostResolver
    {
        public int Asked { get; private set; }

        public Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellation)
        {
            Asked++;
            return Task.FromResult(addresses);
        }
    }
}
