using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Fuzz;

/// <summary>
/// Thousands of malformed requests, the same in every run: whatever comes, the answer is a refusal in the wire's shape and
/// never our fault. A failure prints the request that caused it.
/// </summary>
public sealed class MalformedRequestTests
{
    /// <summary>Environment variable: how many requests to send instead of the few of every test run.</summary>
    private const string RoundsVariable = "SORA_FUZZ";

    private const int UsualRounds = 3000;

    /// <summary>One request that is not answered within this hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>What the process may grow by, garbage collected, however many requests were sent.</summary>
    private const long MaxGrowth = 64L << 20;

    [Fact]
    public async Task Requests_Malformed_AreRefusedNeverFailed()
    {
        await using var host = await GatewayHost.StartAsync(
            o => (o.RequestsPerMinute, o.RefusedKeysPerMinute, o.EventHeartbeat) = (0, 0, TimeSpan.FromSeconds(1)), allowance: 1000);
        var rounds = int.TryParse(Environment.GetEnvironmentVariable(RoundsVariable), out var asked) ? asked : UsualRounds;
        var random = new Random(20261122);
        var refused = 0;
        var before = 0L;
        for (var round = 0; round < rounds; round++)
        {
            if (round == UsualRounds / 2)
            {
                before = GC.GetTotalMemory(forceFullCollection: true);
            }

            var (method, path, type, body) = RequestMaker.Next(random);
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            foreach (var (name, value) in RequestMaker.Headers(random))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var limit = new CancellationTokenSource(Patience);
            using var response = await host.Client.SendAsync(request, limit.Token);
            var text = await response.Content.ReadAsStringAsync();
            var told = $"round {round}: {method} {path} [{type}] {Convert.ToBase64String(body)} → {(int)response.StatusCode} {text}";
            Assert.True((int)response.StatusCode is < 500 or 503, told);
            if ((int)response.StatusCode >= 400)
            {
                refused++;
                Assert.True(text.StartsWith('{'), told);
                var error = JsonDocument.Parse(text).RootElement.GetProperty("error");
                Assert.False(string.IsNullOrEmpty(error.GetProperty("message").GetString()), told);
            }
        }

        Assert.InRange(refused, rounds / 2, rounds);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MaxGrowth);
        Assert.All(host.Artifacts.Keys, key => Assert.StartsWith("jobs/", key, StringComparison.Ordinal));
        using var alive = await host.SendAsync(HttpMethod.Get, "/v1/models");
        await alive.JsonAsync(200);
    }

    [Fact]
    public async Task Bytes_ThatAreNoHttp_DoNotStopTheServer()
    {
        await using var host = await GatewayHost.StartAsync();
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(host.Address.Host, host.Address.Port);
            var answer = await AnswerAsync(socket, RequestMaker.RawBytes(random));
            Assert.DoesNotContain("HTTP/1.1 500", answer, StringComparison.Ordinal);
        }

        using var alive = await host.SendAsync(HttpMethod.Get, "/healthz");
        await alive.JsonAsync(200);
    }

    private static async Task<string> AnswerAsync(TcpClient socket, byte[] request)
    {
        try
        {
            var stream = socket.GetStream();
            await stream.WriteAsync(request);
            socket.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return await reader.ReadToEndAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
        {
            // The server hung up on nonsense, which is an answer as well.
            return "";
        }
    }
}
