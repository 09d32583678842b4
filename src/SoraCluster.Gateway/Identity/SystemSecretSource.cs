using System.Security.Cryptography;
using SoraCluster.Domain.Keys;

namespace SoraCluster.Gateway.Identity;

/// <summary>The operating system's generator.</summary>
internal sealed class SystemSecretSource : ISecretSource
{
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
