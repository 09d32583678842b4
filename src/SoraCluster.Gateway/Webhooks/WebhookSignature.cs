using System.Security.Cryptography;
using System.Text;
using SoraCluster.Domain.Keys;

namespace SoraCluster.Gateway.Webhooks;

/// <summary>Standard Webhooks signatures: <c>v1,</c> and base64 of HMAC-SHA256 over <c>id.timestamp.payload</c>.</summary>
internal static class WebhookSignature
{
    private const string Prefix = "whsec_";
    private const int SecretBytes = 32;

    public static string NewSecret(ISecretSource secrets)
    {
        Span<byte> bytes = stackalloc byte[SecretBytes];
        secrets.Fill(bytes);
        return Prefix + Convert.ToBase64String(bytes);
    }

    public static string Sign(string secret, string id, long timestamp, string payload)
    {
        var key = Convert.FromBase64String(secret[Prefix.Length..]);
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{timestamp}.{payload}")));
    }
}
