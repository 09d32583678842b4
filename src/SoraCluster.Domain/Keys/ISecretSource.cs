namespace SoraCluster.Domain.Keys;

/// <summary>Where unguessable bytes come from: ids and key secrets. Tests pass a seeded one.</summary>
public interface ISecretSource
{
    void Fill(Span<byte> bytes);

    /// <summary>That many bytes as lower-case hex.</summary>
    string Hex(int bytes)
    {
        Span<byte> buffer = stackalloc byte[64];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, buffer.Length);
        Fill(buffer[..bytes]);
        return Convert.ToHexStringLower(buffer[..bytes]);
    }
}
