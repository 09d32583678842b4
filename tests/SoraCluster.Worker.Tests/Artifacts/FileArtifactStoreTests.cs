using System.Security.Cryptography;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Testing;
using SoraCluster.Worker.Artifacts;

namespace SoraCluster.Worker.Tests.Artifacts;

/// <summary>What files bring beyond the port's conformance kit: orphans, digests, rights.</summary>
public sealed class FileArtifactStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task Write_ManyPieces_TellsLengthAndDigestOfTheWhole()
    {
        var store = Open();
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);

        var info = await store.WriteAsync("jobs/a/video.mp4", async (stream, cancellation) =>
        {
            await stream.WriteAsync(bytes.AsMemory(0, 100_001), cancellation);
            stream.Write(bytes, 100_001, 99_999);
            stream.Write(bytes.AsSpan(200_000));
        });

        Assert.Equal(new ArtifactInfo("jobs/a/video.mp4", 300_000, Convert.ToHexStringLower(SHA256.HashData(bytes))), info);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(folder.Of("artifacts/jobs/a/video.mp4")));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Of("partial")));
    }

    [Fact]
    public async Task Write_WriterThrows_LeavesOldContentAndNoPartialFile()
    {
        var store = Open();
        await store.WriteAsync("a", (stream, cancellation) => stream.WriteAsync(new byte[] { 1 }, cancellation).AsTask());

        await Assert.ThrowsAsync<FormatException>(() => store.WriteAsync("a", async (stream, cancellation) =>
        {
            await stream.WriteAsync(new byte[] { 2, 2 }, cancellation);
            throw new FormatException();
        }));

        Assert.Equal([1], await File.ReadAllBytesAsync(folder.Of("artifacts/a")));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Of("partial")));
    }

    [Fact]
    public void Open_OrphansOfACrash_AreSwept()
    {
        Directory.CreateDirectory(folder.Of("partial/7/checkpoints"));
        File.WriteAllText(folder.Of("partial/7/checkpoints/x"), "half");
        File.WriteAllText(folder.Of("partial/8"), "half");

        Open();

        Assert.Empty(Directory.GetFileSystemEntries(folder.Of("partial")));
    }

    [Fact]
    public async Task DeletePrefix_WhileOthersWriteBelowIt_NoWriteFails()
    {
        var store = Open();
        var writes = Enumerable.Range(0, 200).Select(i => Task.Run(
            () => store.WriteAsync($"jobs/a/{i}", (stream, cancellation) => stream.WriteAsync(new byte[] { 1 }, cancellation).AsTask())));
        var deletes = Enumerable.Range(0, 50).Select(_ => Task.Run(() => store.DeletePrefixAsync("jobs/a/")));

        await Task.WhenAll(writes.Concat(deletes));

        await store.DeletePrefixAsync("jobs/a/");
        Assert.False(Directory.Exists(folder.Of("artifacts/jobs/a")));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Of("partial")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\0")]
    public async Task Write_KeyThatIsNone_IsRefusedAndNothingIsWritten(string key)
    {
        var store = Open();

        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync(key, (_, _) => Task.CompletedTask));
        await Assert.ThrowsAsync<ArgumentException>(() => store.OpenReadAsync(key));
        await Assert.ThrowsAsync<ArgumentException>(() => store.DeletePrefixAsync(key == "a/" ? "a//" : key + "/"));

        Assert.Empty(Directory.GetFileSystemEntries(folder.Of("artifacts")));
    }

    [Fact]
    public async Task OpenRead_NameOfAFolder_IsNoArtifact()
    {
        var store = Open();
        await store.WriteAsync("jobs/a/x", (_, _) => Task.CompletedTask);

        Assert.Null(await store.OpenReadAsync("jobs/a"));
        Assert.Null(await store.GetInfoAsync("jobs/a"));
        Assert.Null(await store.OpenReadAsync("jobs/a/x/y"));
        Assert.False(await store.DeleteAsync("jobs/a"));
    }

    [Fact]
    public async Task Write_KeyBelowAFile_SaysWhatIsWrong()
    {
        var store = Open();
        await store.WriteAsync("a", (_, _) => Task.CompletedTask);

        await Assert.ThrowsAsync<ArtifactStoreException>(() => store.WriteAsync("a/b", (_, _) => Task.CompletedTask));
    }

    public void Dispose() => folder.Dispose();

    private FileArtifactStore Open() => new(folder.Of("artifacts"), folder.Of("partial"));
}
