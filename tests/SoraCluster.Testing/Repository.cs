namespace SoraCluster.Testing;

/// <summary>Files of the repository.</summary>
public static class Repository
{
    /// <summary>A path below the folder that holds the solution.</summary>
    public static string PathOf(params string[] parts)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SoraCluster.sln")))
            {
                return Path.Combine([folder.FullName, .. parts]);
            }
        }

        throw new DirectoryNotFoundException("No SoraCluster.sln above the tests.");
    }
}
