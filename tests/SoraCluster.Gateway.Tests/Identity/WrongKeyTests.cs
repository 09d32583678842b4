using System.Text;
using Microsoft.AspNetCore.Routing;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Identity;

/// <summary>Walks every route there is, so that a route added tomorrow is walked as well.</summary>
public sealed class WrongKeyTests : IAsyncLifetime
{
    private GatewayHost host = null!;
    private string owners = "";
    private string others = "";
    private string video = "";

    public async Task InitializeAsync()
    {
        host = await GatewayHost.StartAsync();
        owners = await host.IssueKeyAsync("alice", "operator");
        others = await host.IssueKeyAsync("mallory", "user", owners);
        video = await host.CreateAsync(key: owners);
        await host.CompleteAsync(video);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task EveryRoute_WithoutAKey_Is401()
    {
        var walked = 0;
        foreach (var (method, path) in Calls().Where(c => c.Path.StartsWith("/v1/", StringComparison.Ordinal)))
        {
            using var response = await host.SendAsync(new HttpMethod(method), path, Body(method));
            Assert.True((int)response.StatusCode == 401, $"{method} {path}: {(int)response.StatusCode}");
            walked++;
        }

        Assert.True(walked >= 20, $"Only {walked} routes were walked.");
    }

    [Fact]
    public async Task EveryRouteOfAVideo_WithAnothersKey_IsNotFound()
    {
        var walked = 0;
        foreach (var (method, path) in Calls().Where(c => c.Path.Contains(video, StringComparison.Ordinal)))
        {
            using var response = await host.SendAsync(
                new HttpMethod(method), path, Body(method), ("Authorization", $"Bearer {others}"));
            Assert.True((int)response.StatusCode == 404, $"{method} {path}: {(int)response.StatusCode}");
            walked++;
        }

        Assert.True(walked >= 8, $"Only {walked} routes were walked.");
        using var mine = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{video}", null, ("Authorization", $"Bearer {owners}"));
        await mine.JsonAsync(200);
    }

    [Theory]
    [InlineData("/v1/videos/edits", """{"prompt":"y","video":{"id":"{0}"}}""")]
    [InlineData("/v1/videos/extensions", """{"prompt":"y","seconds":"4","video":{"id":"{0}"}}""")]
    [InlineData("/v1/videos/blends", """{"videos":["{0}","{0}"]}""")]
    public async Task AnothersVideoInABody_IsNotFound(string path, string body)
    {
        using var response = await host.PostJsonAsync(path, body.Replace("{0}", video), ("Authorization", $"Bearer {others}"));
        await response.ErrorAsync(404, "not_found");
    }

    [Fact]
    public async Task List_WithAnothersKey_ShowsNothingOfTheirs()
    {
        using var response = await host.SendAsync(
            HttpMethod.Get, $"/v1/videos?after={video}&order=asc", null, ("Authorization", $"Bearer {others}"));
        Assert.Equal(0, (await response.JsonAsync(200)).GetProperty("data").GetArrayLength());
    }

    private IEnumerable<(string Method, string Path)> Calls() =>
        from route in host.Routes
        let path = Path(route)
        from method in route.Metadata.OfType<HttpMethodMetadata>().SelectMany(m => m.HttpMethods)
        select (method, path);

    private string Path(RouteEndpoint route)
    {
        var pattern = "/" + route.RoutePattern.RawText!.Trim('/');
        var id = pattern.StartsWith("/v1/videos/{id}", StringComparison.Ordinal) ? video : "x";
        return pattern.Replace("{id}", id, StringComparison.Ordinal);
    }

    private static StringContent? Body(string method) =>
        method == "POST" ? new StringContent("""{"prompt":"y"}""", Encoding.UTF8, "application/json") : null;
}
