using System.Security.Cryptography;
using System.Text;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.Testing.Artifacts;

/// <summary>What every <see cref="IArtifactStore"/> must do.</summary>
public abstract class ArtifactStoreConformance
{
    /// <summary>The store under test, empty at the start of each test.</summary>
    protected abstract IArtifactStore Store { get; }

    [Fact]
    public async Task Write_Bytes_AreWhatIsRead()
    {
        var bytes = Bytes(300_000);
        var info = await PutAsync("jobs/a/1/video.mp4", bytes);

        Assert.Equal(("jobs/a/1/video.mp4", 300_000), (info.Key, info.Length));
        Assert.Equal(bytes, await GetAsync("jobs/a/1/video.mp4"));
        Assert.Equal(300_000, (await Store.GetInfoAsync("jobs/a/1/video.mp4"))!.Length);
    }

    [Fact]
    public async Task Write_Empty_IsThere()
    {
        await PutAsync("empty", []);

        Assert.Empty(await GetAsync("empty"));
        Assert.Equal(0, (await Store.GetInfoAsync("empty"))!.Length);
    }

    [Fact]
    public async Task Write_InPieces_DigestIsThatOfTheBytes()
    {
        byte[][] pieces = [[.. "one"u8], [.. "two"u8]];
        var info = await Store.WriteAsync("a", async (stream, cancellation) =>
        {
            await stream.WriteAsync(pieces[0], cancellation);
            await stream.WriteAsync(pieces[1], cancellation);
        });

        if (info.Sha256 is not null)
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("onetwo"u8.ToArray())), info.Sha256);
        }

        Assert.Equal("onetwo"u8.ToArray(), await GetAsync("a"));
    }

    [Fact]
    public async Task Write_Existing_ReplacesIt()
    {
        await PutAsync("a", Bytes(1000));
        await PutAsync("a", Bytes(10));

        Assert.Equal(Bytes(10), await GetAsync("a"));
    }

    [Fact]
    public async Task Write_WriterFails_LeavesNothingAndThrowsItsError()
    {
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => Store.WriteAsync("a/b", async (stream, cancellation) =>
        {
            await stream.WriteAsync(Bytes(5000), cancellation);
            throw new InvalidOperationException("stop");
        }));

        Assert.Equal("stop", thrown.Message);
        Assert.Null(await Store.OpenReadAsync("a/b"));
        Assert.Empty(await ListAsync("a/"));
    }

    [Fact]
    public async Task Write_WriterFailsOverExisting_LeavesTheOld()
    {
        await PutAsync("a", Bytes(10));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.WriteAsync("a", async (stream, cancellation) =>
        {
            await stream.WriteAsync(Bytes(5000), cancellation);
            throw new InvalidOperationException("stop");
        }));

        Assert.Equal(Bytes(10), await GetAsync("a"));
    }

    [Fact]
    public async Task Write_WhileOldIsRead_ReaderSeesTheOldToItsEnd()
    {
        await PutAsync("a", Bytes(200_000));
        await using var reader = (await Store.OpenReadAsync("a"))!;
        var head = new byte[1000];
        await reader.ReadExactlyAsync(head);
        await PutAsync("a", Encoding.ASCII.GetBytes(new string('z', 200_000)));
        using var rest = new MemoryStream();
        await reader.CopyToAsync(rest);

        byte[] all = [.. head, .. rest.ToArray()];
        Assert.Equal(Bytes(200_000), all);
    }

    [Fact]
    public async Task OpenRead_Stream_CanSeek()
    {
        await PutAsync("a", Bytes(1000));
        await using var reader = (await Store.OpenReadAsync("a"))!;
        reader.Seek(500, SeekOrigin.Begin);

        Assert.Equal((true, 1000, Bytes(1000)[500]), (reader.CanSeek, reader.Length, (byte)reader.ReadByte()));
    }

    [Fact]
    public async Task Read_Missing_IsNull()
    {
        Assert.Null(await Store.OpenReadAsync("no/such"));
        Assert.Null(await Store.GetInfoAsync("no/such"));
    }

    [Fact]
    public async Task Delete_Key_IsGoneOnce()
    {
        await PutAsync("a", Bytes(1));

        Assert.True(await Store.DeleteAsync("a"));
        Assert.False(await Store.DeleteAsync("a"));
        Assert.Null(await Store.OpenReadAsync("a"));
    }

    [Fact]
    public async Task DeletePrefix_Job_LeavesOthers()
    {
        await PutAsync("jobs/a/x", Bytes(1));
        await PutAsync("jobs/a/deep/er/y", Bytes(1));
        await PutAsync("jobs/ab/x", Bytes(1));
        await Store.DeletePrefixAsync("jobs/a/");
        await Store.DeletePrefixAsync("jobs/none/");

        Assert.Equal(["jobs/ab/x"], await ListAsync("jobs/"));
    }

    [Fact]
    public async Task List_Prefix_GivesKeysAndLengths()
    {
        await PutAsync("jobs/a/x", Bytes(5));
        await PutAsync("jobs/a/y/z", Bytes(6));
        await PutAsync("other/q", Bytes(7));
        var found = new Dictionary<string, long>();
        await foreach (var info in Store.ListAsync("jobs/"))
        {
            found.Add(info.Key, info.Length);
        }

        Assert.Equal(new() { ["jobs/a/x"] = 5, ["jobs/a/y/z"] = 6 }, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/abs")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("../up")]
    [InlineData("a/./b")]
    [InlineData("a/../../b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("c:d")]
    public async Task Write_BadKey_IsRefused(string key) => await Assert.ThrowsAsync<ArgumentException>(() => PutAsync(key, []));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("jobs")]
    [InlineData("../")]
    public async Task DeletePrefix_BadPrefix_IsRefused(string prefix)
    {
        await PutAsync("jobs/a", Bytes(1));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeletePrefixAsync(prefix));

        Assert.NotNull(await Store.GetInfoAsync("jobs/a"));
    }

    [Fact]
    public async Task Write_ManyAtOnce_LastOneIsWhole()
    {
        await Task.WhenAll(Enumerable.Range(1, 20).Select(i => PutAsync("a", Bytes(i * 1000))));
        var read = await GetAsync("a");

        Assert.Equal(0, read.Length % 1000);
        Assert.Equal(Bytes(read.Length), read);
    }

    [Fact]
    public async Task Write_Cancelled_LeavesNothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.WriteAsync(
            "a", (stream, cancellation) => stream.WriteAsync(Bytes(100), cancellation).AsTask(), cancelled.Token));

        Assert.Null(await Store.OpenReadAsync("a"));
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 31))];

    private Task<ArtifactInfo> PutAsync(string key, byte[] bytes) =>
        Store.WriteAsync(key, (stream, cancellation) => stream.WriteAsync(bytes, cancellation).AsTask());

    private async Task<byte[]> GetAsync(string key)
    {
        await using var stream = (await Store.OpenReadAsync(key))!;
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private async Task<List<string>> ListAsync(string prefix)
    {
        var keys = new List<string>();
        await foreach (var info in Store.ListAsync(prefix))
        {
            keys.Add(info.Key);
        }

        return keys;
    }
}
