using System.Security.Cryptography;
using System.Text;

namespace SoraCluster.Domain.Keys;

/// <param name="Salt">16 random bytes, hex.</param>
/// <param name="Hash"><see cref="SecretHash.Compute"/> of the secret with that salt; the secret itself is never stored.</param>
public sealed record SecretHash(string Salt, string Hash)
{
    /// <summary>
    /// SHA-256 over salt and secret, hex. One round is enough: secrets are 256 random bits, not words that could be guessed.
    /// </summary>
    public static SecretHash Compute(string salt, string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(salt + ":" + secret);
        return new SecretHash(salt, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>Compares in constant time.</summary>
    public bool Matches(string secret) => CryptographicOperations.FixedTimeEquals(
        Convert.FromHexString(Hash), Convert.FromHexString(Compute(Salt, secret).Hash));
}
