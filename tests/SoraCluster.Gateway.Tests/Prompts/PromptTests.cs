using System.Text.Json;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Prompts;

public sealed class PromptTests : IAsyncLifetime
{
    private const string English = """
        Title: The visit
        Style: picture book
        Scene: the beach by day
        Shot 1: wide, static (0-2s)
        Subject: a red ball
        Action:
        - 0-1.5s: bounces to the right
        - 1.5s-2s: lies still,
          out of breath
        Audio: waves
        Shot 2: 2-4s slow zoom
        Subject: a blue star
        Action: spins
        Scene: a forest
        """;

    private const string Japanese = """
        タイトル：訪問
        【スタイル】アニメ
        カメラ：固定
        場面：夜の森
        被写体：赤いボール
        動作：
        ・0〜2秒：転がる
        ・２秒から４秒：跳ねる
        音：虫の声
        色調：寒色
        テンポ：ゆっくり
        """;

    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Read_EnglishScript_IsTakenApart()
    {
        var script = (await ReadAsync(new { prompt = English })).GetProperty("script");

        Assert.Equal("The visit", script.GetProperty("title").GetString());
        var (first, second) = (script.GetProperty("shots")[0], script.GetProperty("shots")[1]);
        Assert.Equal(("the beach by day", "a red ball", "waves"), (Of(first, "scene"), Of(first, "subject"), Of(first, "audio")));
        Assert.Equal(2, first.GetProperty("beats").GetArrayLength());
        Assert.Equal("lies still, out of breath", Of(first.GetProperty("beats")[1], "text"));
        Assert.Equal(1.5, first.GetProperty("beats")[1].GetProperty("start").GetDouble());
        Assert.Equal(("slow zoom", "a forest", "spins"), (Of(second, "camera"), Of(second, "scene"), Of(second, "action")));
        Assert.Equal(2, second.GetProperty("start").GetDouble());
        Assert.Null(Of(second, "audio"));
    }

    [Fact]
    public async Task Read_JapaneseScript_IsTakenApartByTime()
    {
        var answer = await ReadAsync(new { prompt = Japanese });
        var shot = answer.GetProperty("script").GetProperty("shots")[0];

        Assert.Equal("アニメ", Of(answer.GetProperty("script"), "style"));
        Assert.Equal(("固定", "夜の森", "赤いボール", "虫の声"), (Of(shot, "camera"), Of(shot, "scene"), Of(shot, "subject"), Of(shot, "audio")));
        Assert.Equal(("寒色", "ゆっくり"), (Of(shot, "grade"), Of(shot, "tempo")));
        var read = answer.GetProperty("conditioning").EnumerateArray().ToArray();
        Assert.Equal([0, 2], read.Select(part => part.GetProperty("start").GetDouble()));
        Assert.StartsWith("赤いボール\n転がる\n夜の森", Of(read[0], "text"), StringComparison.Ordinal);
        Assert.Contains("跳ねる", Of(read[1], "text"), StringComparison.Ordinal);
        Assert.DoesNotContain("転がる", Of(read[1], "text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Again_TheToldFormGivesTheSame()
    {
        foreach (var prompt in new[] { English, Japanese })
        {
            var once = await ReadAsync(new { prompt });
            var again = await ReadAsync(new { prompt = once.GetProperty("script") });
            var asText = await ReadAsync(new { prompt = once.GetProperty("script").GetRawText() });

            Assert.Equal("shots", Of(again, "form"));
            Assert.Equal(once.GetProperty("script").GetRawText(), again.GetProperty("script").GetRawText());
            Assert.Equal(once.GetProperty("conditioning").GetRawText(), again.GetProperty("conditioning").GetRawText());
            Assert.Equal(again.GetRawText(), asText.GetRawText());
        }
    }

    [Fact]
    public async Task Read_ShotList_TimesFollowFromLengths()
    {
        var answer = await ReadAsync(new
        {
            prompt = new object[]
            {
                new { seconds = 1.5, subject = "a red ball", action = "rolls" },
                new { seconds = 2, prompt = "a blue star spins", scene = "snow" },
            },
        });

        var shots = answer.GetProperty("script").GetProperty("shots");
        Assert.Equal((0, 1.5), (shots[0].GetProperty("start").GetDouble(), shots[0].GetProperty("end").GetDouble()));
        Assert.Equal((1.5, 3.5), (shots[1].GetProperty("start").GetDouble(), shots[1].GetProperty("end").GetDouble()));
        Assert.Equal("a blue star spins\nsnow", Of(answer.GetProperty("conditioning")[1], "text"));
    }

    [Theory]
    [InlineData("a red ball: it bounces", "prose")]
    [InlineData("[0-2s] a ball", "prose")]
    [InlineData("夕方：赤いボール", "prose")]
    [InlineData("Scene: a ball", "script")]
    [InlineData("**Scene:** a ball", "script")]
    [InlineData("【場面】海", "script")]
    [InlineData("シーン１：海", "script")]
    public async Task Read_Form_IsTold(string prompt, string form)
    {
        var answer = await ReadAsync(new { prompt });
        Assert.Equal(form, Of(answer, "form"));
        Assert.Equal(form == "prose", answer.GetProperty("script").ValueKind == JsonValueKind.Null);
    }

    [Theory]
    [InlineData("Subject: a ball\nAction:\n2-1s: rolls", "Line 3")]
    [InlineData("Action:\n0-2s: rolls\n1-3s: jumps", "Line 3")]
    [InlineData("Action:\n0-: rolls", "Line 2")]
    [InlineData("Action:\n0:75-0:80: rolls", "Line 2")]
    [InlineData("Action:\n0-2s:", "nothing is said")]
    [InlineData("Shot: 3-1s wide\nAction: rolls", "Line 1")]
    [InlineData("Action:\n0-9s: rolls", "the clip is 4 s long")]
    [InlineData("Title: nothing more", "nothing to show")]
    [InlineData("{\"shots\":[]}", "shots must be a list")]
    [InlineData("{\"shots\":[{\"camra\":\"x\"}]}", "shots[0].camra is not known")]
    [InlineData("{\"shots\":[{\"beats\":[{\"start\":\"0\",\"text\":\"x\"}]}]}", "shots[0].beats[0].start must be a number")]
    [InlineData("{\"shots\":[{\"action\":\"x\"},]}", "line 1")]
    [InlineData("[{\"action\":\"x\",\"start\":2,\"end\":1}]", "shots[0] ends before")]
    [InlineData("[{\"action\":\"\\ud800\"}]", "not valid Unicode")]
    public async Task Create_PromptThatCannotBeRead_SaysWhere(string prompt, string reason)
    {
        using var response = await host.PostJsonAsync("/v1/videos", JsonSerializer.Serialize(new { prompt }));
        var error = await response.ErrorAsync(400, "invalid_request_error", "prompt");
        Assert.Contains(reason, error.Message(), StringComparison.OrdinalIgnoreCase);
        using var japanese = await host.PostJsonAsync("/v1/videos", JsonSerializer.Serialize(new { prompt }), ("Accept-Language", "ja"));
        Assert.Contains('。', (await japanese.ErrorAsync(400, "invalid_request_error", "prompt")).Message());
    }

    [Fact]
    public async Task Create_Script_IsToldWithTheVideoAndReadByThePack()
    {
        using var response = await host.PostJsonAsync("/v1/videos", JsonSerializer.Serialize(new { prompt = English }));
        var video = await response.JsonAsync(200);

        Assert.Equal(English, video.GetProperty("prompt").GetString());
        Assert.Equal("The visit", Of(video.GetProperty("sora").GetProperty("script"), "title"));
        var spec = (await host.Job(Of(video, "id")!).GetAsync())!.Spec;
        Assert.Equal([(0, false), (1.5, false), (2, true)], TimedText.Split(spec.Conditioning!).Select(part => (part.Start, part.Cut)));
        using var edited = await host.PostJsonAsync(
            "/v1/videos", $$"""{"prompt":{{video.GetProperty("sora").GetProperty("script").GetRawText().Replace("red", "green")}}}""");
        var green = (await host.Job(Of(await edited.JsonAsync(200), "id")!).GetAsync())!.Spec;
        Assert.Equal(spec.Conditioning!.Replace("red", "green"), green.Conditioning);
    }

    [Fact]
    public async Task Create_Preset_FillsOnlyWhatIsLeftOpen()
    {
        using var prose = await host.PostJsonAsync("/v1/videos", """{"prompt":"a red ball","preset":"winter"}""");
        var sora = (await prose.JsonAsync(200)).GetProperty("sora").GetProperty("script");
        Assert.Equal(("winter", "snow"), (Of(sora, "preset"), Of(sora.GetProperty("shots")[0], "scene")));
        using var script = await host.PostJsonAsync("/v1/videos", """{"prompt":"Preset: winter\nScene: a beach\nAction: a ball rolls"}""");
        Assert.Equal("a beach", Of((await script.JsonAsync(200)).GetProperty("sora").GetProperty("script").GetProperty("shots")[0], "scene"));
        using var unknown = await host.PostJsonAsync("/v1/videos", """{"prompt":"a red ball","preset":"wintr"}""");
        Assert.Contains("winter", (await unknown.ErrorAsync(400, "invalid_request_error", "preset")).Message(), StringComparison.Ordinal);
    }

    private async Task<JsonElement> ReadAsync(object body)
    {
        using var response = await host.PostJsonAsync("/v1/prompts", JsonSerializer.Serialize(body));
        return await response.JsonAsync(200);
    }

    private static string? Of(JsonElement node, string name) => node.GetProperty(name).GetString();
}
