using SoraCluster.Local;
using SoraCluster.Testing;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>Clips of local mode, with which the cluster's are compared.</summary>
internal static class LocalClips
{
    /// <summary>Those of the keys 0, 1, ….</summary>
    public static async Task<byte[][]> MakeAsync(string packs, int count, int steps)
    {
        using var folder = new TemporaryFolder();
        await using var server = await LocalServer.StartAsync(new()
        {
            Port = 0,
            DataFolder = folder.Path,
            PackFolders = [packs],
            Threads = 2,
            Quotas = new() { Limit = 10_000 },
            Gateway = gateway => gateway.RequestsPerMinute = 0,
        });
        using var client = new ClusterClient(server.BaseAddress);
        var ids = await Task.WhenAll(Enumerable.Range(0, count).Select(key => client.CreateAsync(key, steps: steps)));
        await Task.WhenAll(ids.Select(client.EndedAsync));
        return await Task.WhenAll(ids.Select(client.ContentAsync));
    }
}
