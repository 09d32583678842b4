using System.Net.Sockets;
using System.Text;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Fuzz;

/// <summary>Clients that take their time: nobody else waits for them. With thousands of them it is the bench, <c>api streams</c>.</summary>
public sealed class SlowClientTests : IAsyncLifetime
{
    private const int Clients = 500;

    private readonly List<Socket> sockets = [];
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync(options => options.RequestsPerMinute = 0);

    public async Task DisposeAsync()
    {
        sockets.ForEach(socket => socket.Dispose());
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Calls_BesideSlowHeadersSlowBodiesAndUnreadStreams_AreAllAnswered()
    {
        var id = await host.CreateAsync();
        string[] beginnings =
        [
            "GET /v1/models HTTP/1.1\r\nHost: x\r\nX-Slow: ",
            "POST /v1/videos HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"prompt\":\"",
            "POST /v1/videos HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n"
                + "--b\r\nContent-Disposition: form-data; name=input_reference; filename=a.png\r\n\r\n",
            $"GET /v1/videos/{id}/events HTTP/1.1\r\nHost: x\r\n\r\n",
        ];
        for (var i = 0; i < Clients; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            sockets.Add(socket);
            await socket.ConnectAsync(host.Address.Host, host.Address.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes(beginnings[i % beginnings.Length]));
        }

        for (var i = 0; i < 50; i++)
        {
            await Task.WhenAll(sockets.Where((_, n) => n % beginnings.Length < 3).Select(SendSlowlyAsync));
            using var read = await host.SendAsync(HttpMethod.Get, $"/v1/videos/{id}");
            await read.JsonAsync(200);
        }

        using var made = await host.PostJsonAsync("/v1/videos", """{"prompt":"x"}""");
        await made.JsonAsync(200);
    }

    private static async Task SendSlowlyAsync(Socket socket)
    {
        try
        {
            await socket.SendAsync("a"u8.ToArray());
        }
        catch (SocketException)
        {
            // The server lost its patience, as it may.
        }
    }
}
