using SoraCluster.Domain.Keys;

namespace SoraCluster.Gateway.Identity;

/// <summary>A key as it is written: <c>sora_ID_SECRET</c>, ID 16 and SECRET 64 lower-case hex digits.</summary>
internal readonly record struct PresentedKey(string Id, string Secret)
{
    private const string Prefix = "sora_";
    private const int IdBytes = 8;
    private const int SecretBytes = 32;

    public static PresentedKey Create(ISecretSource secrets) => new(secrets.Hex(IdBytes), secrets.Hex(SecretBytes));

    public static bool TryParse(string text, out PresentedKey key)
    {
        const int idEnd = 5 + (2 * IdBytes);
        key = default;
        if (text.Length != idEnd + 1 + (2 * SecretBytes) || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[idEnd] != '_')
        {
            return false;
        }

        key = new PresentedKey(text[Prefix.Length..idEnd], text[(idEnd + 1)..]);
        return IsHex(key.Id) && IsHex(key.Secret);
    }

    /// <summary>What its owner is shown, once.</summary>
    public string Reveal() => $"{Prefix}{Id}_{Secret}";

    /// <summary>Without the secret: a key must not end up in a log by accident.</summary>
    public override string ToString() => $"{Prefix}{Id}_…";

    private static bool IsHex(string text) => text.All(char.IsAsciiHexDigitLower);
}
