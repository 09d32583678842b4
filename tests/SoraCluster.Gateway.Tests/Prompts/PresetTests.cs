using System.Text;
using System.Text.Json;
using SoraCluster.Domain.Presets;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Prompts;

/// <summary>Presets that users make: kept, used, changed, deleted, and nobody else's business.</summary>
public sealed class PresetTests : IAsyncLifetime
{
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync(
        o => o.Presets["winter"] = new PromptPreset { Scene = "a frozen lake", Camera = "static" });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Put_Preset_IsListedAndUsedByItsName()
    {
        using var put = await PutAsync("夕焼け", """{"scene":"砂浜","lighting":"夕日"}""");
        Assert.Equal(("夕焼け", "yours", "砂浜"), Shown(await put.JsonAsync(200)));

        Assert.Equal(("夕焼け", "yours", "砂浜"), Shown(await FindAsync("夕焼け")));
        Assert.Equal("砂浜", await SceneAsync("""{"prompt":"赤いボール","preset":"夕焼け"}"""));
        Assert.Equal("砂浜", await SceneAsync("""{"prompt":"プリセット：夕焼け\n動作：ボールが転がる"}"""));
    }

    [Fact]
    public async Task Put_Again_ReplacesItAndLeavesEarlierVideosAsTheyWere()
    {
        using var first = await PutAsync("mine", """{"scene":"beach","lighting":"day"}""");
        using var made = await host.PostJsonAsync("/v1/videos", """{"prompt":"a red ball","preset":"mine"}""");
        var id = (await made.JsonAsync(200)).GetProperty("id").GetString();

        using var second = await PutAsync("mine", """{"scene":"forest"}""");
        await second.JsonAsync(200);

        var now = await FindAsync("mine");
        Assert.Equal(("mine", "yours", "forest"), Shown(now));
        Assert.Equal(JsonValueKind.Null, now.GetProperty("fills").GetProperty("lighting").ValueKind);
        using var video = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}");
        Assert.Equal("beach", Scene(await video.JsonAsync(200)));
    }

    [Fact]
    public async Task Put_NameOfAnother_WinsUntilItIsDeleted()
    {
        Assert.Equal(("winter", "operator", "a frozen lake"), Shown(await FindAsync("winter")));
        using var put = await PutAsync("winter", """{"scene":"my garden"}""");
        Assert.Equal(("winter", "yours", "my garden"), Shown(await FindAsync("winter")));

        using var deleted = await host.SendAsync(HttpMethod.Delete, "/v1/presets/winter");
        Assert.True((await deleted.JsonAsync(200)).GetProperty("deleted").GetBoolean());
        Assert.Equal(("winter", "operator", "a frozen lake"), Shown(await FindAsync("winter")));
        using var again = await host.SendAsync(HttpMethod.Delete, "/v1/presets/winter");
        await again.ErrorAsync(404, "not_found");
    }

    [Fact]
    public async Task Preset_OfAnotherUser_IsNeitherSeenNorUsedNorDeleted()
    {
        var alice = ("Authorization", $"Bearer {await host.IssueKeyAsync("alice", "operator")}");
        var mallory = ("Authorization", $"Bearer {await host.IssueKeyAsync("mallory", "user", alice.Item2["Bearer ".Length..])}");
        using var put = await host.SendAsync(HttpMethod.Put, "/v1/presets/secret", Json("""{"scene":"beach"}"""), alice);
        await put.JsonAsync(200);

        using var list = await host.SendAsync(HttpMethod.Get, "/v1/presets", null, mallory);
        Assert.DoesNotContain("secret", (await list.JsonAsync(200)).GetProperty("data").EnumerateArray().Select(p => p.GetProperty("id").GetString()));
        using var used = await host.PostJsonAsync("/v1/videos", """{"prompt":"x","preset":"secret"}""", mallory);
        await used.ErrorAsync(400, "invalid_request_error", "preset");
        using var deleted = await host.SendAsync(HttpMethod.Delete, "/v1/presets/secret", null, mallory);
        await deleted.ErrorAsync(404, "not_found");
    }

    [Theory]
    [InlineData("mine", "{}", null)]
    [InlineData("mine", """{"scene":" "}""", null)]
    [InlineData("mine", """{"scene":5}""", "scene")]
    [InlineData("mine", """{"colour":"red"}""", "colour")]
    [InlineData("my preset", """{"scene":"x"}""", "id")]
    public async Task Put_WhatIsNoPreset_IsRefused(string name, string body, string? param)
    {
        using var response = await PutAsync(name, body);
        await response.ErrorAsync(400, "invalid_request_error", param);
    }

    [Fact]
    public async Task Put_TooMuch_IsRefused()
    {
        using var wordy = await PutAsync("mine", $$"""{"scene":"{{new string('x', 513)}}"}""");
        await wordy.ErrorAsync(400, "invalid_request_error", "scene");
        for (var i = 0; i < PresetShelf.Capacity; i++)
        {
            using var put = await PutAsync($"preset-{i}", """{"scene":"x"}""");
            await put.JsonAsync(200);
        }

        using var full = await PutAsync("one-more", """{"scene":"x"}""");
        await full.ErrorAsync(409, "conflict");
        using var changed = await PutAsync("preset-7", """{"scene":"y"}""");
        await changed.JsonAsync(200);
    }

    private Task<HttpResponseMessage> PutAsync(string name, string body) =>
        host.SendAsync(HttpMethod.Put, $"/v1/presets/{Uri.EscapeDataString(name)}", Json(body));

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private async Task<JsonElement> FindAsync(string name)
    {
        using var list = await host.SendAsync(HttpMethod.Get, "/v1/presets");
        return (await list.JsonAsync(200)).GetProperty("data").EnumerateArray().Single(preset => preset.GetProperty("id").GetString() == name);
    }

    private async Task<string?> SceneAsync(string body)
    {
        using var response = await host.PostJsonAsync("/v1/videos", body);
        return Scene(await response.JsonAsync(200));
    }

    private static string? Scene(JsonElement video) =>
        video.GetProperty("sora").GetProperty("script").GetProperty("shots")[0].GetProperty("scene").GetString();

    private static (string? Id, string? Origin, string? Scene) Shown(JsonElement preset) =>
        (preset.GetProperty("id").GetString(), preset.GetProperty("origin").GetString(), preset.GetProperty("fills").GetProperty("scene").GetString());
}
