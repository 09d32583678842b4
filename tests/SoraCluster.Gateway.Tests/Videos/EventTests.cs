using System.Text.Json;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Videos;

public sealed class EventTests : IAsyncLifetime
{
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync();

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Events_WholeLife_AreToldInOrderAndTheStreamEnds()
    {
        var id = await host.CreateAsync();
        using var stream = await OpenAsync(id);
        Assert.Equal("video.queued", (await stream.NextAsync()).Name);
        await host.CompleteAsync(id);
        var rest = await stream.RestAsync();
        Assert.Equal("video.completed", rest[^1].Name);
        Assert.Equal(100, rest[^1].Data.GetProperty("progress").GetInt32());
        Assert.All(rest[..^1], e => Assert.Contains(e.Name, (string[])["video.queued", "video.in_progress"]));
    }

    [Fact]
    public async Task Events_LastEventIdOfTheCurrentState_IsNotToldAgain()
    {
        var id = await host.CreateAsync();
        using var first = await OpenAsync(id);
        var seen = await first.NextAsync();
        using var resumed = await OpenAsync(id, ("Last-Event-ID", seen.Id!));
        await host.StartAsync(id, step: 3);
        var next = await resumed.NextAsync();
        Assert.NotEqual(seen.Id, next.Id);
    }

    [Fact]
    public async Task Events_HintsAreLost_TheHeartbeatFindsTheEnd()
    {
        var id = await host.CreateAsync();
        using var stream = await OpenAsync(id);
        await stream.NextAsync();
        host.Events.Mute = true;
        await host.CompleteAsync(id);
        Assert.Equal("video.completed", (await stream.NextWhileAsync(() => host.Clock.Advance(TimeSpan.FromSeconds(15)))).Name);
        Assert.True(stream.Comments > 0);
    }

    [Fact]
    public async Task Events_DeletedMeanwhile_SaySo()
    {
        var id = await host.CreateAsync();
        using var stream = await OpenAsync(id);
        await stream.NextAsync();
        host.Events.Mute = true;
        using var deleted = await host.SendAsync(HttpMethod.Delete, $"/v1/videos/{id}");
        await deleted.JsonAsync(200);
        Assert.Equal("video.deleted", (await stream.NextWhileAsync(() => host.Clock.Advance(TimeSpan.FromSeconds(15)))).Name);
    }

    [Fact]
    public async Task Events_EndedJob_TellsTheEndOnceAndCloses()
    {
        var id = await host.CreateAsync();
        await host.CompleteAsync(id);
        using var stream = await OpenAsync(id);
        var all = await stream.RestAsync();
        Assert.Equal(["video.completed"], all.Select(e => e.Name));
    }

    private async Task<EventStream> OpenAsync(string id, params (string, string)[] headers)
    {
        var response = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}/events", null, headers);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    private sealed record Event(string Name, string? Id, JsonElement Data);

    private sealed class EventStream(HttpResponseMessage response, Stream stream) : IDisposable
    {
        private readonly StreamReader reader = new(stream);

        public int Comments { get; private set; }

        public async Task<Event> NextAsync() => await ReadAsync() ?? throw new EndOfStreamException("The stream ended.");

        /// <summary>Moves time until the next event comes.</summary>
        public async Task<Event> NextWhileAsync(Action move)
        {
            var next = NextAsync();
            while (!next.IsCompleted)
            {
                move();
                await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
            }

            return await next;
        }

        public async Task<List<Event>> RestAsync()
        {
            var events = new List<Event>();
            while (await ReadAsync() is { } e)
            {
                events.Add(e);
            }

            return events;
        }

        public void Dispose()
        {
            reader.Dispose();
            response.Dispose();
        }

        private async Task<Event?> ReadAsync()
        {
            string? name = null, id = null, data = null;
            while (await reader.ReadLineAsync() is { } line)
            {
                switch (line.Split(": ", 2))
                {
                    case ["event", var value]:
                        name = value;
                        break;
                    case ["id", var value]:
                        id = value;
                        break;
                    case ["data", var value]:
                        data = value;
                        break;
                    case ["", _]:
                        Comments++;
                        break;
                    case [""] when data is not null:
                        return new Event(name!, id, JsonDocument.Parse(data).RootElement);
                }
            }

            return null;
        }
    }
}
