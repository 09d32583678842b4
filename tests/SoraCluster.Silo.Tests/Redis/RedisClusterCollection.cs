namespace SoraCluster.Silo.Tests.Redis;

/// <summary>Tests that share one Redis Cluster.</summary>
[CollectionDefinition(Name)]
public sealed class RedisClusterCollection : ICollectionFixture<RedisCluster>
{
    public const string Name = "Redis Cluster";
}
