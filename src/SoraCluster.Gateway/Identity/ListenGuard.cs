using System.Net;
using SoraCluster.Domain.Keys;
using SoraCluster.Domain.State;

namespace SoraCluster.Gateway.Identity;

/// <summary>The check that a host makes before it listens: beyond this machine only with keys.</summary>
public static class ListenGuard
{
    /// <param name="urls">What the host is about to listen on (<c>http://0.0.0.0:8080</c>).</param>
    /// <returns>Null when it may; otherwise one line that says why not and what to do.</returns>
    public static async Task<string?> RefusalAsync(IEnumerable<string> urls, IEntities entities)
    {
        var open = urls.FirstOrDefault(url => !IsLoopback(url));
        if (open is null || (await entities.Get<IApiKeyDirectory>(IApiKeyDirectory.Key).ListAsync()).Count > 0)
        {
            return null;
        }

        return $"{open} can be reached from other machines and no API key exists. "
            + "Issue one first (sora keys create --operator), or listen on 127.0.0.1.";
    }

    private static bool IsLoopback(string url)
    {
        // Kestrel's wildcards (http://*:80, http://+:80) are no URIs; they listen everywhere.
        return Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && (uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
    }
}
