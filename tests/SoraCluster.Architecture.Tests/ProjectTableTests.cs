using System.Text.RegularExpressions;

namespace SoraCluster.Architecture.Tests;

/// <summary>The table in docs/architecture.md says who may reference whom; the project files must agree with it.</summary>
public sealed partial class ProjectTableTests
{
    [Fact]
    public void References_EveryProject_AreThoseOfTheTable()
    {
        var table = ReadTable();
        var projects = Repository.SourceProjects().ToDictionary(p => p.Name);

        Assert.Equal(projects.Keys.Order(), table.Keys.Order());
        foreach (var (name, row) in table)
        {
            Assert.True(
                row.References.SetEquals(projects[name].References),
                $"{name} references {Show(projects[name].References)}; docs/architecture.md says {Show(row.References)}.");
        }
    }

    [Fact]
    public void OwnedPackages_AreReferencedByTheirOwnerAlone()
    {
        var table = ReadTable();
        var packages = Repository.SourceProjects().SelectMany(p => p.Packages, (p, package) => (Project: p.Name, Package: package));

        foreach (var (project, package) in packages)
        {
            var owners = table.Where(row => row.Value.Owns.Contains(package)).Select(row => row.Key).ToArray();
            Assert.True(
                owners is [var owner] && owner == project,
                $"{project} references {package}, which docs/architecture.md gives to {(owners.Length == 0 ? "nobody" : Show(owners))}.");
        }
    }

    [Fact]
    public void LocalFilter_ReferencesNoMissingProject()
    {
        var filter = File.ReadAllText(Path.Combine(Repository.Root, "SoraCluster.Local.slnf"));
        var listed = ProjectPath().Matches(filter).Select(m => m.Groups[1].Value.Replace(@"\\", "/", StringComparison.Ordinal));

        Assert.All(listed, path => Assert.True(File.Exists(Path.Combine(Repository.Root, path)), $"{path} is listed but missing."));
    }

    private static Dictionary<string, Row> ReadTable() =>
        File.ReadLines(Path.Combine(Repository.Root, "docs", "architecture.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 6 && TableName().IsMatch(cells[1]))
            .ToDictionary(
                cells => cells[1].Trim('`'),
                cells => new Row(cells[3] == "nothing" ? [] : Split(cells[3]), Split(cells[4])));

    private static HashSet<string> Split(string cell) =>
        cell.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet();

    private static string Show(IEnumerable<string> names) => string.Join(", ", names.Order().DefaultIfEmpty("nothing"));

    [GeneratedRegex("^`[A-Z][A-Za-z0-9.]*`$")]
    private static partial Regex TableName();

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex ProjectPath();

    private sealed record Row(HashSet<string> References, HashSet<string> Owns);
}
