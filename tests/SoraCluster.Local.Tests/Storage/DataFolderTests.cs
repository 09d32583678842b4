using SoraCluster.Local.Storage;
using SoraCluster.Testing;

namespace SoraCluster.Local.Tests.Storage;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Open_HeldAlready_IsRefusedNamingTheProcessAndAddress()
    {
        using var first = DataFolder.Open(folder.Of("data"));
        first.Tell(new Uri("http://127.0.0.1:8089/"));

        var refused = Assert.Throws<LocalServerException>(() => DataFolder.Open(folder.Of("data")));

        Assert.Contains($"process {Environment.ProcessId}", refused.Message);
        Assert.Contains("http://127.0.0.1:8089/", refused.Message);
        Assert.Contains("--data", refused.Message);
    }

    [Fact]
    public void Open_AfterTheHolderLeft_IsFree()
    {
        DataFolder.Open(folder.Of("data")).Dispose();

        Assert.Null(DataFolder.Holder(folder.Of("data")));
        DataFolder.Open(folder.Of("data")).Dispose();
    }

    [Fact]
    public void Open_AfterACrash_ForgetsWhatWasBeingUploaded()
    {
        using (var former = DataFolder.Open(folder.Of("data")))
        {
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(former.Uploads).FullName, "half"), "of a photograph");
        }

        using var next = DataFolder.Open(folder.Of("data"));

        Assert.False(Directory.Exists(next.Uploads));
    }

    [Fact]
    public void Holder_Held_TellsProcessAndAddress()
    {
        using var held = DataFolder.Open(folder.Of("data"));
        Assert.Equal(new DataFolderHolder(Environment.ProcessId, null), DataFolder.Holder(folder.Of("data")));

        held.Tell(new Uri("http://127.0.0.1:1/"));

        Assert.Equal(new DataFolderHolder(Environment.ProcessId, new Uri("http://127.0.0.1:1/")), DataFolder.Holder(folder.Of("data")));
    }

    [Fact]
    public void Holder_NoSuchFolder_IsNull() => Assert.Null(DataFolder.Holder(folder.Of("nowhere")));

    [Fact]
    public void Open_FileInTheWay_SaysThatItCannotBeUsed()
    {
        File.WriteAllText(folder.Of("data"), "");

        Assert.Contains("--data", Assert.Throws<LocalServerException>(() => DataFolder.Open(folder.Of("data"))).Message);
    }

    public void Dispose() => folder.Dispose();
}
