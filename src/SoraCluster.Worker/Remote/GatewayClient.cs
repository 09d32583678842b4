using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using SoraCluster.Worker.Leases;

namespace SoraCluster.Worker.Remote;

/// <summary>The connection that a remote worker's queue and store share. Thread-safe.</summary>
public sealed class GatewayClient : IDisposable
{
    private readonly HttpClient http;
    private readonly TimeProvider clock;

    /// <exception cref="ValidationException">An option is out of range.</exception>
    /// <exception cref="ArgumentException">The address is not one that a token may be sent to.</exception>
    public GatewayClient(RemoteOptions options, TimeProvider clock)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        CheckAddress(options);
        Options = options;
        this.clock = clock;
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.CallLimit,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        http = new HttpClient(handler) { BaseAddress = options.Gateway, Timeout = Timeout.InfiniteTimeSpan };
        if (options.Token is { } token)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public RemoteOptions Options { get; }

    public void Dispose() => http.Dispose();

    /// <summary>Sends once.</summary>
    /// <param name="request">Used up by this.</param>
    /// <param name="limit">Until the whole answer is there, or its headers where <paramref name="use"/> reads on.</param>
    /// <param name="use">What is made of an answer that is a success, or an absence that the gateway vouches for.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="GatewayException">No answer, or a refusal.</exception>
    internal async Task<T> SendAsync<T>(
        HttpRequestMessage request, TimeSpan limit, Func<HttpResponseMessage, CancellationToken, Task<T>> use, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(limit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            using (request)
            using (var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token))
            {
                return response.IsSuccessStatusCode || IsVouchedAbsence(response)
                    ? await use(response, both.Token)
                    : throw await RefusedAsync(request, response, both.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new GatewayException($"{Options.Gateway} did not answer within {limit.TotalSeconds:0} s.", passing: true, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new GatewayException($"{Options.Gateway} cannot be reached: {e.Message}", passing: true, e);
        }
        catch (JsonException e)
        {
            throw new GatewayException($"{Options.Gateway} answered something else than a SoraCluster gateway.", passing: false, e);
        }
    }

    /// <summary>Sends again, with growing pauses, while the gateway is out of reach.</summary>
    internal async Task<T> SendThroughGapsAsync<T>(
        Func<HttpRequestMessage> request, TimeSpan limit, Func<HttpResponseMessage, CancellationToken, Task<T>> use, CancellationToken cancellation)
    {
        var pauses = new Backoff(Options.RetryPause, Environment.ProcessId);
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await SendAsync(request(), limit, use, cancellation);
            }
            catch (GatewayException e) when (e.Passing && clock.GetElapsedTime(started) < Options.GapLimit)
            {
            }

            await Task.Delay(pauses.Next(), clock, cancellation);
        }
    }

    /// <summary>A 404 about the artifact itself; that of a proxy or of another server does not say so.</summary>
    private static bool IsVouchedAbsence(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.NotFound && response.Headers.Contains(RemoteWire.AbsenceHeader);

    private async Task<GatewayException> RefusedAsync(
        HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var reason = await RemoteWire.ReasonAsync(response, cancellation);
        var passing = !reason.StoreFailed && status is 408 or 425 or 429 or >= 500;
        var words = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "refuses the token; it must be a key with the operator scope",
            HttpStatusCode.NotFound => "does not serve remote workers",
            _ => $"answered {status} to {request.Method} {request.RequestUri?.AbsolutePath}",
        };
        return new GatewayException($"{Options.Gateway} {words}. {reason.Message}".TrimEnd(), passing);
    }

    private static void CheckAddress(RemoteOptions options)
    {
        var gateway = options.Gateway;
        if (!gateway.IsAbsoluteUri || gateway.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"'{gateway}' is not an http(s) address.", nameof(options));
        }

        if (gateway.Scheme == "http" && !gateway.IsLoopback && options.Token is not null && !options.AllowPlainHttp)
        {
            throw new ArgumentException($"'{gateway}' is not encrypted: the token would be readable on the way. Use https.", nameof(options));
        }
    }
}
