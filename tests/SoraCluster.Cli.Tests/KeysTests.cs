using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace SoraCluster.Cli.Tests;

/// <summary>An operator's work with keys against a running server.</summary>
public sealed partial class KeysTests : IDisposable
{
    private readonly Sora sora = new();

    public void Dispose() => sora.Dispose();

    [Fact]
    public async Task Keys_IssuedRotatedRevoked_OpenAndCloseAtOnce()
    {
        using var server = sora.Start("serve", "--port", "0");
        var address = Address().Match(await server.OutputAsync("Serving")).Value;
        Assert.Contains("sora keys issue NAME --operator", (await sora.RunAsync("keys", "list")).Output);
        var early = await sora.RunAsync("keys", "issue", "bob");
        Assert.Equal(1, early.Status);
        Assert.Contains("operator scope", early.Errors);

        var admin = (await sora.RunAsync("keys", "issue", "admin", "--operator")).Output.Trim();
        Assert.StartsWith("sora_", admin, StringComparison.Ordinal);
        Assert.Contains("An API key is needed", (await sora.RunAsync("keys", "list")).Errors);

        sora.Environment["SORA_API_KEY"] = admin;
        var bob = (await sora.RunAsync("keys", "issue", "bob", "--name", "phone", "--expires", "90d")).Output.Trim();
        var listed = (await sora.RunAsync("keys", "list")).Output;
        Assert.Contains("phone", listed);
        Assert.DoesNotContain(bob, listed);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(address, bob));

        var id = bob.Split('_')[1];
        var rotated = (await sora.RunAsync("keys", "rotate", id)).Output.Trim();
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(address, bob));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(address, rotated));

        Assert.Contains("is revoked", (await sora.RunAsync("keys", "revoke", id)).Output);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(address, rotated));
    }

    [Fact]
    public async Task Keys_TimeThatIsNone_IsBadUsage()
    {
        var outcome = await sora.RunAsync("keys", "issue", "bob", "--expires", "soon", "--server", "http://127.0.0.1:9");
        Assert.Equal(2, outcome.Status);
        Assert.Contains("--expires 'soon' is not a time", outcome.Errors);
    }

    private static async Task<HttpStatusCode> AskAsync(string address, string key)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await http.GetAsync($"{address}/videos");
        return response.StatusCode;
    }

    [GeneratedRegex(@"http://[\d.:]+/v1")]
    private static partial Regex Address();
}
