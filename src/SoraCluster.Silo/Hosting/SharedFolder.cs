using SoraCluster.Worker.Artifacts;

namespace SoraCluster.Silo.Hosting;

/// <summary>The folder that all silos share. Each start writes its unfinished files into a folder of its own.</summary>
internal static class SharedFolder
{
    /// <summary>A folder of unfinished files that nobody has touched for this long belongs to a silo that died.</summary>
    private static readonly TimeSpan Orphaned = TimeSpan.FromDays(1);

    /// <exception cref="Domain.Artifacts.ArtifactStoreException">The folder cannot be used.</exception>
    public static FileArtifactStore Open(string path, string owner, TimeProvider clock)
    {
        var partial = Path.Combine(path, "partial");
        var store = new FileArtifactStore(Path.Combine(path, "artifacts"), Path.Combine(partial, owner));
        foreach (var folder in new DirectoryInfo(partial).EnumerateDirectories())
        {
            if (folder.Name != owner && clock.GetUtcNow() - folder.LastWriteTimeUtc > Orphaned)
            {
                folder.Delete(recursive: true);
            }
        }

        return store;
    }
}
