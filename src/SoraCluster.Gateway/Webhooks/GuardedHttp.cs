using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace SoraCluster.Gateway.Webhooks;

/// <summary>
/// Outgoing HTTP to addresses that users name. A name is resolved once, every address it has is checked, and the connection
/// goes to a checked address: a name that changes its mind in between gains nothing. No redirects, no proxy, no cookies.
/// </summary>
internal sealed class GuardedHttp : IDisposable
{
    private readonly HttpClient client;
    private readonly IHostResolver resolver;
    private readonly IOptions<GatewayOptions> options;

    public GuardedHttp(IHostResolver resolver, IOptions<GatewayOptions> options)
    {
        this.resolver = resolver;
        this.options = options;
        client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 16,
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = options.Value.WebhookTimeout,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("SoraCluster", "1.0"));
    }

    /// <summary>Whether a URL may be called at all: absolute, without credentials, and https where addresses must be public.</summary>
    public bool IsAllowed(Uri url) =>
        url.IsAbsoluteUri && url.UserInfo.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && options.Value.AllowPrivateAddresses))
        && (options.Value.AllowPrivateAddresses || !IPAddress.TryParse(url.Host.Trim('[', ']'), out var literal) || PublicAddresses.IsPublic(literal));

    /// <summary>Sends and looks at the status; of the answer's body nothing is read.</summary>
    /// <returns>Null for a 2xx status; otherwise what went wrong, in a few words.</returns>
    public Task<string?> PostAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        SendAsync(request, _ => Task.CompletedTask, cancellation);

    /// <summary>Fetches a file.</summary>
    /// <param name="url">One that <see cref="IsAllowed"/>.</param>
    /// <param name="read">Gets the body; what it throws goes to the caller.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Null when it was read; otherwise what went wrong, in a few words.</returns>
    public async Task<string?> GetAsync(Uri url, Func<Stream, CancellationToken, Task> read, CancellationToken cancellation)
    {
        // The client's own timeout ends with the headers; a body that trickles in is given up as well.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Value.WebhookTimeout);
        return await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, url),
            async response =>
            {
                await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
                await read(body, limit.Token);
            },
            cancellation);
    }

    public void Dispose() => client.Dispose();

    private async Task<string?> SendAsync(HttpRequestMessage request, Func<HttpResponseMessage, Task> read, CancellationToken cancellation)
    {
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!response.IsSuccessStatusCode)
            {
                return $"The endpoint answered {(int)response.StatusCode}.";
            }

            await read(response);
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"The endpoint did not answer within {options.Value.WebhookTimeout.TotalSeconds:0} s.";
        }
        catch (HttpRequestException e)
        {
            return e.InnerException is ClosedAddressException closed ? closed.Message : $"The endpoint could not be reached ({e.HttpRequestError}).";
        }
        catch (HttpIOException e)
        {
            return $"The endpoint broke off ({e.HttpRequestError}).";
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolver.ResolveAsync(host, cancellation);
        if (addresses.Length == 0 || (!options.Value.AllowPrivateAddresses && !addresses.All(PublicAddresses.IsPublic)))
        {
            throw new ClosedAddressException();
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class ClosedAddressException() : IOException("The endpoint's name leads to a private address.");
}
