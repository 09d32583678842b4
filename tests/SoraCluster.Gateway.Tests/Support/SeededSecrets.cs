using SoraCluster.Domain.Keys;

namespace SoraCluster.Gateway.Tests.Support;

/// <summary>The same ids and secrets in every run.</summary>
internal sealed class SeededSecrets(int seed) : ISecretSource
{
    private readonly Random random = new(seed);

    public void Fill(Span<byte> bytes)
    {
        lock (random)
        {
            random.NextBytes(bytes);
        }
    }
}
