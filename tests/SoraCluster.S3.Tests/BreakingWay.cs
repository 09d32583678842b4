using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SoraCluster.S3.Tests;

/// <summary>A way to a port of this machine on which every connection breaks after so many bytes of answers.</summary>
internal sealed class BreakingWay : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int port;
    private readonly int breakAfter;
    private int breaks;

    public BreakingWay(int port, int breakAfter)
    {
        (this.port, this.breakAfter) = (port, breakAfter);
        listener.Start();
        _ = AcceptAsync();
    }

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"http://{listener.LocalEndpoint}");

    /// <summary>Connections that were broken.</summary>
    public int Breaks => Volatile.Read(ref breaks);

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, port);
        var asking = near.GetStream().CopyToAsync(far.GetStream());
        await AnswerAsync(near.GetStream(), far.GetStream());
        near.Close();
        far.Close();
        await asking.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private async Task AnswerAsync(NetworkStream near, NetworkStream far)
    {
        var buffer = new byte[64 << 10];
        for (var left = breakAfter; left > 0;)
        {
            var read = await far.ReadAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)));
            if (read == 0)
            {
                return;
            }

            await near.WriteAsync(buffer.AsMemory(0, read));
            left -= read;
        }

        Interlocked.Increment(ref breaks);
    }
}
