using System.Net;
using SoraCluster.S3;
using SoraCluster.Silo.Tests.Redis;
using SoraCluster.Testing.S3;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>Separate processes whose clips lie in S3.</summary>
[Trait("Needs", "S3")]
public sealed class S3ClusterTests(RedisServer redis, MotoServer s3) : IClassFixture<RedisServer>, IClassFixture<MotoServer>
{
    [Fact]
    public async Task Create_ClipsInS3_AreServedFromThereWholeAndInRanges()
    {
        await using var cluster = new TestCluster(redis, "s3", s3.NewAddress());
        SiloProcess[] silos = [cluster.Start("control"), cluster.Start("gpu"), cluster.Start("gateway")];
        using var client = new ClusterClient(silos[^1].Address);
        var id = await client.CreateAsync(key: 5);
        var video = await client.EndedAsync(id);

        Assert.Equal("completed", video.GetProperty("status").GetString());
        var clip = await client.ContentAsync(id);
        using var store = await S3ArtifactStore.OpenAsync(S3Address.Parse(cluster.Data));
        var stored = await store.ListAsync($"jobs/{id}/").SingleAsync(info => info.Key.EndsWith("/video.mp4", StringComparison.Ordinal));
        Assert.Equal(clip.Length, stored.Length);
        Assert.Equal(clip[100..200], await RangeAsync(silos[^1].Address, id, 100, 199));
        Assert.All(silos, silo => Assert.DoesNotContain("key:secret", silo.Log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_NoSuchBucket_EndsWithOneLineThatNamesIt()
    {
        await using var cluster = new TestCluster(redis, "s3-none", $"s3://key:topsecret@nowhere?endpoint={s3.Endpoint}");
        var silo = cluster.Start("control");
        await silo.EndedAsync();

        Assert.Contains("no bucket 'nowhere'", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", silo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", silo.Log, StringComparison.Ordinal);
    }

    private static async Task<byte[]> RangeAsync(Uri gateway, string id, int from, int to)
    {
        using var http = new HttpClient { BaseAddress = gateway };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"v1/videos/{id}/content") { Headers = { Range = new(from, to) } };
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync();
    }
}
