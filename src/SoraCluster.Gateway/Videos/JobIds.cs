using System.Security.Cryptography;
using System.Text;
using SoraCluster.Domain.Keys;

namespace SoraCluster.Gateway.Videos;

/// <summary>
/// Job ids: <c>video_</c> and 32 hex digits. With an idempotency key they are the first half of SHA-256(owner, key), so that a
/// retry finds its job with no table to keep; otherwise they are random.
/// </summary>
internal sealed class JobIds(ISecretSource secrets)
{
    private const string Prefix = "video_";
    private const int IdBytes = 16;

    public string New(string owner, string? idempotencyKey)
    {
        if (idempotencyKey is null)
        {
            return Prefix + secrets.Hex(IdBytes);
        }

        // The owner's length goes first, so that no other owner and key can spell the same bytes.
        var text = Encoding.UTF8.GetBytes($"{owner.Length}:{owner}:{idempotencyKey}");
        return Prefix + Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, IdBytes));
    }

    public static bool IsWellFormed(string id) =>
        id.Length == Prefix.Length + (2 * IdBytes)
        && id.StartsWith(Prefix, StringComparison.Ordinal)
        && id.AsSpan(Prefix.Length).IndexOfAnyExcept("0123456789abcdef") < 0;

    /// <summary>A seed for a request that names none: it follows from the id, so that a retry asks for the same clip. 32 bits.</summary>
    public static ulong SeedOf(string id) => BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes("seed:" + id)));
}
