namespace SoraCluster.Worker.Packs;

/// <summary>Finds the folders that hold packs.</summary>
public static class PackFolders
{
    /// <summary>Environment variable: folders that hold packs, separated as in <c>PATH</c>.</summary>
    public const string Variable = "SORA_PACKS";

    private const string Manifest = "pack.json";

    /// <summary>
    /// The packs in the folders asked for; else in those of <see cref="Variable"/>; else in <c>models/</c> beside the program or
    /// in the nearest folder above it (a repository) that has one with packs. A folder may itself be a pack.
    /// </summary>
    /// <exception cref="NoPackException">There are none, or a folder that was named does not exist.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> asked)
    {
        if (asked.Count == 0 && Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            asked = named.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        }

        if (asked.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing)
        {
            throw new NoPackException($"There is no pack folder '{missing}': name one that exists in {Variable}.");
        }

        var places = asked.Count > 0 ? asked : [Beside(AppContext.BaseDirectory)];
        IReadOnlyList<string> packs = [.. places.SelectMany(In).Distinct(StringComparer.Ordinal)];
        return packs.Count > 0 ? packs : throw new NoPackException(
            $"No model was found in '{string.Join("', '", places)}': name a folder that holds packs in {Variable}.");
    }

    private static string Beside(string program)
    {
        for (var folder = new DirectoryInfo(program); folder is not null; folder = folder.Parent)
        {
            var models = Path.Combine(folder.FullName, "models");
            if (Directory.Exists(models) && In(models).Any())
            {
                return models;
            }
        }

        return Path.Combine(program, "models");
    }

    private static IEnumerable<string> In(string folder) => File.Exists(Path.Combine(folder, Manifest))
        ? [Path.GetFullPath(folder)]
        : Directory.EnumerateDirectories(folder).Where(f => File.Exists(Path.Combine(f, Manifest)))
            .Order(StringComparer.Ordinal).Select(Path.GetFullPath);
}
