using System.Text.Json;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Videos;

public sealed class ListTests : IAsyncLifetime
{
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task List_PagesWhileNewJobsArrive_ShowsEachOnce()
    {
        var created = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            created.Add(await host.CreateAsync());
        }

        var seen = new List<string>();
        string? after = null;
        bool more;
        do
        {
            var page = await PageAsync($"limit=3&after={after}");
            seen.AddRange(Ids(page));
            after = page.GetProperty("last_id").GetString();
            more = page.GetProperty("has_more").GetBoolean();
            await host.CreateAsync();
        }
        while (more);
        created.Reverse();
        Assert.Equal(created, seen);
    }

    [Fact]
    public async Task List_Ascending_StartsWithTheOldest()
    {
        var first = await host.CreateAsync();
        var second = await host.CreateAsync();
        Assert.Equal([first, second], Ids(await PageAsync("order=asc")));
    }

    [Fact]
    public async Task List_DeletedInTheMiddle_PageIsFilledFromWhatFollows()
    {
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            ids.Add(await host.CreateAsync());
        }

        using var deleted = await host.SendAsync(HttpMethod.Delete, $"/v1/videos/{ids[2]}");
        await deleted.JsonAsync(200);
        Assert.Equal([ids[3], ids[1]], Ids(await PageAsync("limit=2")));
    }

    [Fact]
    public async Task List_Nothing_HasNullCursors()
    {
        var page = await PageAsync("");
        Assert.Equal(
            """{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false}""", page.GetRawText());
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("order=up", "order")]
    [InlineData("after=nonsense", "after")]
    public async Task List_BadQuery_IsRefusedNamingIt(string query, string param)
    {
        using var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos?{query}");
        await response.ErrorAsync(400, "invalid_request_error", param);
    }

    private async Task<JsonElement> PageAsync(string query)
    {
        using var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos?{query}");
        return await response.JsonAsync(200);
    }

    private static List<string> Ids(JsonElement page) =>
        [.. page.GetProperty("data").EnumerateArray().Select(v => v.GetProperty("id").GetString()!)];
}
