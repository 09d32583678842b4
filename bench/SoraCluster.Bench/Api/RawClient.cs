using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SoraCluster.Bench.Api;

/// <summary>
/// One kept-alive HTTP/1.1 connection on a bare socket: sends bytes that were made before, reads to the end of the answer by its length or its last chunk. It costs a
/// fraction of what the server does, so that the server is what is measured.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private static readonly byte[] EndOfHeaders = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LastChunk = "\r\n0\r\n\r\n"u8.ToArray();
    private static readonly byte[] Length = "Content-Length: "u8.ToArray();

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer;
    private int filled;
    private int start;
    private bool chunked;

    /// <param name="bufferBytes">The longest answer that fits.</param>
    public RawClient(int bufferBytes = 32 * 1024) => buffer = new byte[bufferBytes];

    public static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    public static byte[] Post(string path, string json, string? key = null) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\n{(key is null ? "" : $"Authorization: Bearer {key}\r\n")}Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    public async Task ConnectAsync(IPEndPoint server) => await socket.ConnectAsync(server);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await socket.SendAsync(bytes);

    /// <summary>Reads until something has come.</summary>
    public async Task<int> ReceiveSomeAsync() => await socket.ReceiveAsync(buffer);

    /// <returns>The status; <see cref="BodyText"/> is the body until the next call.</returns>
    /// <exception cref="IOException">The server hung up.</exception>
    public async ValueTask<int> CallAsync(ReadOnlyMemory<byte> request)
    {
        await socket.SendAsync(request);
        filled = 0;
        int end;
        while ((end = buffer.AsSpan(0, filled).IndexOf(EndOfHeaders)) < 0)
        {
            await FillAsync();
        }

        start = end + 4;
        var length = BodyLength(end);
        chunked = length is null;
        while (chunked ? !buffer.AsSpan(start, filled - start).EndsWith(LastChunk) : filled < start + length)
        {
            await FillAsync();
        }

        return int.Parse(buffer.AsSpan(9, 3), CultureInfo.InvariantCulture);
    }

    /// <summary>The body of the last answer.</summary>
    public string BodyText()
    {
        var text = Encoding.UTF8.GetString(buffer, start, filled - start);
        return chunked ? Joined(text) : text;
    }

    public void Dispose() => socket.Dispose();

    /// <summary>Chunks, for bodies of ASCII: a length counts bytes.</summary>
    private static string Joined(string chunks)
    {
        var body = new StringBuilder();
        for (var at = 0; ;)
        {
            var line = chunks.IndexOf("\r\n", at, StringComparison.Ordinal);
            var length = int.Parse(chunks.AsSpan(at, line - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                return body.ToString();
            }

            body.Append(chunks, line + 2, length);
            at = line + 4 + length;
        }
    }

    /// <returns>Null when it comes in chunks.</returns>
    private int? BodyLength(int end)
    {
        var headers = buffer.AsSpan(0, end + 2);
        var at = headers.IndexOf(Length);
        if (at < 0)
        {
            return null;
        }

        var value = headers[(at + Length.Length)..];
        return int.Parse(value[..value.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }

    private async ValueTask FillAsync()
    {
        var count = await socket.ReceiveAsync(buffer.AsMemory(filled));
        filled += count > 0 ? count : throw new IOException("The server hung up.");
    }
}
