using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Testing.Artifacts;
using SoraCluster.Testing.S3;

namespace SoraCluster.S3.Tests;

[Trait("Needs", "S3")]
public sealed class S3ArtifactStoreConformanceTests(MotoServer server) : ArtifactStoreConformance, IClassFixture<MotoServer>, IAsyncLifetime
{
    private const int TwoPartsAndABit = (16 << 20) + 12_345;

    /// <summary>The SDK's own client, to look at what the store left there.</summary>
    private readonly AmazonS3Client sdk = new(new BasicAWSCredentials("key", "secret"), new AmazonS3Config { ServiceURL = server.Endpoint, ForcePathStyle = true });

    private readonly string address = server.NewAddress();
    private S3ArtifactStore store = null!;

    protected override IArtifactStore Store => store;

    public async Task InitializeAsync() => store = await S3ArtifactStore.OpenAsync(S3Address.Parse(address));

    public Task DisposeAsync()
    {
        store.Dispose();
        sdk.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(100_001)]
    [InlineData(TwoPartsAndABit)]
    public async Task Write_SeveralParts_AreOneObjectWithItsDigest(int writeSize)
    {
        var bytes = RandomNumberGenerator.GetBytes(TwoPartsAndABit);
        var info = await store.WriteAsync("big", async (stream, cancellation) =>
        {
            foreach (var piece in bytes.Chunk(writeSize))
            {
                await stream.WriteAsync(piece, cancellation);
            }
        });

        Assert.Equal(new("big", bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))), info);
        Assert.Equal(info with { Sha256 = null }, await store.GetInfoAsync("big"));
        Assert.Equal(bytes, await ReadAsync("big"));
    }

    [Fact]
    public async Task Write_OnlySynchronously_IsWhole()
    {
        var bytes = RandomNumberGenerator.GetBytes(TwoPartsAndABit);
        await store.WriteAsync("big", (stream, _) =>
        {
            stream.Write(bytes);
            return Task.CompletedTask;
        });

        Assert.Equal(bytes, await ReadAsync("big"));
    }

    [Fact]
    public async Task Write_FailsAfterAPart_LeavesNoPartsBehind()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.WriteAsync("big", async (stream, cancellation) =>
        {
            await stream.WriteAsync(new byte[TwoPartsAndABit], cancellation);
            var begun = await sdk.ListMultipartUploadsAsync(MotoServer.Bucket, cancellation);
            Assert.Single(begun.MultipartUploads);
            throw new InvalidOperationException("stop");
        }));

        Assert.Empty((await sdk.ListMultipartUploadsAsync(MotoServer.Bucket)).MultipartUploads ?? []);
        Assert.Null(await store.GetInfoAsync("big"));
    }

    [Fact]
    public async Task Read_AfterSeeks_GivesTheBytesOfThatPlace()
    {
        var bytes = RandomNumberGenerator.GetBytes(100_000);
        await PutAsync("a", bytes);
        await using var reader = (await store.OpenReadAsync("a"))!;
        foreach (var (start, count) in new[] { (0, 10), (99_990, 10), (50_000, 1000), (51_000, 1) })
        {
            reader.Seek(start, SeekOrigin.Begin);
            var piece = new byte[count];
            await reader.ReadExactlyAsync(piece);
            Assert.Equal(bytes[start..(start + count)], piece);
        }

        reader.Seek(0, SeekOrigin.End);
        Assert.Equal(0, await reader.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task Read_ReplacedAndThenSought_FailsRatherThanMixesTheTwo()
    {
        await PutAsync("a", new byte[1000]);
        await using var reader = (await store.OpenReadAsync("a"))!;
        await PutAsync("a", RandomNumberGenerator.GetBytes(1000));
        reader.Seek(500, SeekOrigin.Begin);

        var failed = await Assert.ThrowsAsync<ArtifactStoreException>(() => reader.ReadAsync(new byte[1]).AsTask());
        Assert.Contains("replaced", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ConnectionBreaks_GoesOnWhereItStopped()
    {
        var bytes = RandomNumberGenerator.GetBytes(3 << 20);
        await PutAsync("a", bytes);
        using var way = new BreakingWay(new Uri(server.Endpoint).Port, breakAfter: 1 << 20);
        using var far = await S3ArtifactStore.OpenAsync(S3Address.Parse(address.Replace(server.Endpoint, way.Endpoint, StringComparison.Ordinal)));

        await using var reader = (await far.OpenReadAsync("a"))!;
        using var copy = new MemoryStream();
        await reader.CopyToAsync(copy);

        Assert.Equal(bytes, copy.ToArray());
        Assert.InRange(way.Breaks, 2, 3);
    }

    [Fact]
    public async Task DeletePrefix_MoreThanAPage_DeletesAll()
    {
        await Parallel.ForAsync(0, 1001, async (i, cancellation) => await PutAsync($"many/{i}", [1]));
        Assert.Equal(1001, await store.ListAsync("many/").CountAsync());

        await store.DeletePrefixAsync("many/");

        Assert.Equal(0, await store.ListAsync("many/").CountAsync());
    }

    private Task PutAsync(string key, byte[] bytes) =>
        store.WriteAsync(key, (stream, cancellation) => stream.WriteAsync(bytes, cancellation).AsTask());

    private async Task<byte[]> ReadAsync(string key)
    {
        await using var stream = (await store.OpenReadAsync(key))!;
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}
