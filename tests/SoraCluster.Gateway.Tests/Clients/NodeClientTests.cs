using System.Security.Cryptography;
using SoraCluster.Domain.Jobs;
using SoraCluster.Gateway.Tests.Support;
using SoraCluster.Testing.Node;

namespace SoraCluster.Gateway.Tests.Clients;

/// <summary>The npm package <c>openai</c>, unmodified, against a real server; the scenarios are in <c>tests/clients/node</c>.</summary>
public sealed class NodeClientTests
{
    [NodeFact]
    public async Task NpmPackage_EveryScenario_Passes()
    {
        var client = await NodePackage.InstalledAsync("node");
        await using var host = await GatewayHost.StartAsync(
            o => (o.AllowPrivateAddresses, o.RequestsPerMinute, o.RequestBurst) = (true, 600, 400), allowance: 100, time: TimeProvider.System);
        host.Catalog.Models = [TestCatalog.Tiny with { Operations = Enum.GetValues<JobOperation>(), AcceptsInputReference = true }];
        var key = await host.IssueKeyAsync("alice", "operator");
        var other = await host.IssueKeyAsync("bob", "user", key);
        await using var worker = new AutoWorker(host);
        var clip = Convert.ToHexStringLower(SHA256.HashData(ScriptedWorker.Clip));
        var (code, output) = await client.RunAsync("drive.mjs", $"{host.Address}v1", key, other, clip);
        Assert.True(code == 0, output);
        Assert.Equal(14, output.Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
    }

    [NodeFact]
    public async Task NpmPackage_QueueFullOnce_IsRetriedByRetryAfter()
    {
        var client = await NodePackage.InstalledAsync("node");
        await using var host = await GatewayHost.StartAsync(o => o.MaxQueueWait = TimeSpan.FromSeconds(30), time: TimeProvider.System);
        host.Queue.First.Enqueue(8); // 32 s: come again in 2
        var (code, output) = await client.RunAsync("busy.mjs", $"{host.Address}v1");
        Assert.True(code == 0, output);
        Assert.Empty(host.Queue.First);
    }
}
