using StackExchange.Redis;

namespace SoraCluster.Silo.Tests.Redis;

/// <summary>A Redis of the tests' own, of whatever kind.</summary>
public interface IRedisFixture
{
    /// <summary>As a silo is given it.</summary>
    string Address { get; }

    IConnectionMultiplexer Connection { get; }
}
