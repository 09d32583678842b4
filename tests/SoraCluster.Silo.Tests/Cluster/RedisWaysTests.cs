using SoraCluster.Silo.Tests.Redis;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>The ways to reach a Redis: each carries a whole job, and a wrong one is told in a line without its password.</summary>
[Collection(RedisClusterCollection.Name)]
public sealed class RedisWaysTests(RedisCluster sharded)
{
    [Fact]
    public async Task Run_RedisCluster_MakesAClip()
    {
        await using var cluster = new TestCluster(sharded, "sharded");
        using var client = StartSilos(cluster);

        await MakeAsync(client, key: 1);

        var owners = new HashSet<string>();
        foreach (var endpoint in sharded.Connection.GetEndPoints())
        {
            await foreach (var key in sharded.Connection.GetServer(endpoint).KeysAsync(pattern: "sharded/*"))
            {
                owners.Add($"{endpoint}");
            }
        }

        Assert.Equal(3, owners.Count); // else this shows nothing of a cluster
    }

    [Fact]
    public async Task Run_TlsAndAUserWithFewRights_MakesAClip()
    {
        var secured = new SecuredRedis();
        await secured.InitializeAsync();
        await using (var cluster = new TestCluster(secured, SecuredRedis.Cluster, options: ["--redis-ca", secured.Authority]))
        {
            using var client = StartSilos(cluster);
            await MakeAsync(client, key: 1);
            Assert.DoesNotContain(SecuredRedis.Password, cluster.Logs(), StringComparison.Ordinal);
            Assert.DoesNotContain("info: Polly", cluster.Logs(), StringComparison.Ordinal); // where grains are placed is no news
        }

        await secured.DisposeAsync();
    }

    [Theory]
    [InlineData("is not trusted", "")]
    [InlineData("is refused", "password=guess0")]
    public async Task Start_CertificateOrUserThatIsWrong_EndsWithOneLine(string why, string instead)
    {
        var secured = new SecuredRedis();
        await secured.InitializeAsync();
        var address = secured.Address + ",connectTimeout=1000,connectRetry=1";
        string[] trust = instead.Length == 0 ? [] : ["--redis-ca", secured.Authority];
        var redis = instead.Length == 0 ? address : address.Replace($"password={SecuredRedis.Password}", instead, StringComparison.Ordinal);
        await using (var silo = SiloProcess.Start("control", ["--redis", redis, "--data", "unused", "--packs", "unused", .. trust]))
        {
            await silo.EndedAsync();

            Assert.Contains("--redis", silo.Log, StringComparison.Ordinal);
            Assert.False(silo.Log.Contains(SecuredRedis.Password, StringComparison.Ordinal), $"The password is told when it {why}.");
            Assert.DoesNotContain("guess0", silo.Log, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", silo.Log, StringComparison.Ordinal);
        }

        await secured.DisposeAsync();
    }

    /// <summary>What the replica had not yet received is lost, as with any Redis: the job that was asked for before the failover must be there after it.</summary>
    [Fact]
    public async Task Run_SentinelsMakeAnotherMaster_JobGoesOn()
    {
        var watched = new SentinelRedis();
        await watched.InitializeAsync();
        await using (var cluster = new TestCluster(watched, "watched"))
        {
            using var client = StartSilos(cluster);
            var id = await client.CreateAsync(key: 1, steps: 40);
            await client.AtStepAsync(id, 6);

            await watched.KillMasterAsync();

            Assert.Equal("completed", (await client.EndedAsync(id)).GetProperty("status").GetString());
            await MakeAsync(client, key: 2);
            Assert.Equal(2, await client.UsedAsync());
        }

        await watched.DisposeAsync();
    }

    [Fact]
    public async Task Start_RedisOptionThatDoesNotExist_EndsWithOneLineWithoutThePassword()
    {
        await using var silo = SiloProcess.Start("control", "--redis", "127.0.0.1:1,password=topsecret,sssl=true", "--data", "unused", "--packs", "unused");
        await silo.EndedAsync();

        Assert.Contains("--redis", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Log, StringComparison.Ordinal);
    }

    private static ClusterClient StartSilos(TestCluster cluster)
    {
        cluster.Start("control,gpu");
        return new ClusterClient(cluster.Start("gateway").Address);
    }

    private static async Task MakeAsync(ClusterClient client, int key)
    {
        var id = await client.CreateAsync(key);
        Assert.Equal("completed", (await client.EndedAsync(id)).GetProperty("status").GetString());
        Assert.NotEmpty(await client.ContentAsync(id));
    }
}
