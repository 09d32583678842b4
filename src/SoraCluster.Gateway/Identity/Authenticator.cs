using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using SoraCluster.Domain.Keys;
using SoraCluster.Domain.State;
using SoraCluster.Gateway.Errors;

namespace SoraCluster.Gateway.Identity;

/// <summary>Finds out who calls. Every request asks the key's entity, so that a revocation holds at once.</summary>
internal sealed class Authenticator(IEntities entities, JwtVerifier tokens, IOptions<GatewayOptions> options)
{
    private const string Scheme = "Bearer ";

    /// <exception cref="Refusal">The request opens nothing.</exception>
    public async Task<Caller> AuthenticateAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var bearer = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        if (tokens.Recognizes(bearer))
        {
            return tokens.Verify(bearer) ?? throw Refusals.BadKey("The token is not signed by this server's issuer for it, or has expired.");
        }

        if (PresentedKey.TryParse(bearer, out var presented))
        {
            var verdict = await entities.Get<IApiKey>(presented.Id).VerifyAsync(presented.Secret);
            return verdict is { Key: { } key }
                ? new Caller(key.Owner, key.Scopes.Contains(KeyScope.Operator), key.Id)
                : throw Refusals.BadKey(verdict.Refusal!.Message);
        }

        // The libraries insist on some key; while there are none to have, whatever they send is as good as nothing.
        if (options.Value.LocalUser is { } local && IsLocal(context)
            && (await entities.Get<IApiKeyDirectory>(IApiKeyDirectory.Key).ListAsync()).Count == 0)
        {
            return new Caller(local, IsOperator: true, KeyId: null);
        }

        throw header.Length == 0
            ? Refusals.NoKey()
            : Refusals.BadKey("The API key is malformed: keys look like sora_…_…. Check that it was copied whole.");
    }

    /// <summary>
    /// From this machine and meant for it: a loopback connection that no proxy forwarded, to a loopback name (a name bound to
    /// 127.0.0.1 by somebody's DNS is not one), and not sent by a web page from elsewhere.
    /// </summary>
    private static bool IsLocal(HttpContext context)
    {
        var request = context.Request;
        return context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(Unmap(remote))
            && !request.Headers.ContainsKey("Forwarded") && !request.Headers.ContainsKey("X-Forwarded-For")
            && IsLoopbackName(request.Host.Host)
            && (request.Headers.Origin is not [{ } origin, ..]
                || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && IsLoopbackName(from.Host)));
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
