using System.Collections.Concurrent;
using System.Diagnostics;

namespace SoraCluster.Testing.Node;

/// <summary>A folder of <c>tests/clients</c> with a <c>package.json</c>; what it names is installed once for all tests.</summary>
public sealed class NodePackage
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<NodePackage>>> Installed = new();

    private NodePackage(string folder) => Folder = folder;

    /// <summary>Where it is, with its <c>node_modules</c>.</summary>
    public string Folder { get; }

    /// <param name="name">The folder's name.</param>
    public static Task<NodePackage> InstalledAsync(string name) =>
        Installed.GetOrAdd(name, _ => new(() => InstallAsync(Repository.PathOf("tests", "clients", name)))).Value;

    /// <summary>Runs a script of the folder to its end.</summary>
    /// <returns>Its exit code, and what it wrote to both of its streams.</returns>
    public Task<(int Code, string Output)> RunAsync(string script, params string[] arguments) => RunAsync(Folder, "node", [script, .. arguments]);

    private static async Task<NodePackage> InstallAsync(string folder)
    {
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            var (code, log) = await RunAsync(folder, "npm", "install");
            Assert.True(code == 0, log);
        }

        return new(folder);
    }

    private static async Task<(int Code, string Output)> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
