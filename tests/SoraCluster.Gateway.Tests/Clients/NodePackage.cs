using System.Runtime.CompilerServices;

namespace SoraCluster.Gateway.Tests.Clients;

/// <summary>The npm package <c>openai</c> in <c>tests/clients/node</c>, installed once for all tests that need it.</summary>
internal static class NodePackage
{
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <summary>The folder, with the package in it.</summary>
    public static Task<string> InstalledAsync() => Installed.Value;

    private static async Task<string> InstallAsync()
    {
        var folder = ClientFolder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
        {
            var (installed, log) = await NodeClientTests.RunAsync(folder, "npm", "install");
            Assert.True(installed == 0, log);
        }

        return folder;
    }

    private static string ClientFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "clients", "node"));
}
