using System.Xml.Linq;

namespace SoraCluster.Architecture.Tests;

/// <summary>The repository as files on disk.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<Project> SourceProjects() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(Project.Load);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SoraCluster.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("SoraCluster.sln was not found above the test binaries.");
    }
}

/// <summary>What a project file references; names without the <c>SoraCluster.</c> prefix.</summary>
internal sealed record Project(string Name, string File, IReadOnlySet<string> References, IReadOnlySet<string> Packages)
{
    public const string Prefix = "SoraCluster.";

    public static Project Load(string file)
    {
        var xml = XDocument.Load(file);
        return new Project(
            Path.GetFileNameWithoutExtension(file)[Prefix.Length..],
            file,
            xml.Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)[Prefix.Length..])
                .ToHashSet(),
            xml.Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value).ToHashSet());
    }
}
