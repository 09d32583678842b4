using System.Text.RegularExpressions;

namespace SoraCluster.Cli.Tests;

/// <summary>An operator's look at a running server.</summary>
public sealed partial class ClusterTests : IDisposable
{
    private readonly Sora sora = new();

    public void Dispose() => sora.Dispose();

    [Fact]
    public async Task Cluster_RunningServer_ShowsAndDrainsItsWorker()
    {
        using var server = sora.Start("serve", "--port", "0");
        await server.OutputAsync("Serving");

        var status = await sora.RunAsync("cluster", "status");
        Assert.Equal((0, ""), (status.Status, status.Errors));
        Assert.Contains("control, gpu, gateway", status.Output);
        Assert.Matches("tiny\\S* +0 +0 +0 +0 ", status.Output);

        var silos = await sora.RunAsync("cluster", "silos");
        Assert.DoesNotContain("queue", silos.Output);
        var worker = Worker().Match(silos.Output).Value;
        Assert.Contains("is being drained", (await sora.RunAsync("cluster", "drain", worker)).Output);

        var made = sora.Start("make", "a red ball", "--seconds", "1", "--steps", "4");
        await made.ErrorsAsync("waiting");
        Assert.Contains("takes jobs again", (await sora.RunAsync("cluster", "drain", Environment.MachineName, "--undo")).Output);
        Assert.Equal(0, (await made.EndAsync()).Status);
    }

    [Fact]
    public async Task Cluster_WrongUse_IsToldWhatToDo()
    {
        using var server = sora.Start("serve", "--port", "0", "--no-worker");
        await server.OutputAsync("Serving");

        var unknown = await sora.RunAsync("cluster", "drain", "nobody");
        Assert.Equal((2, "sora: There is no process or worker 'nobody'. 'sora cluster silos' shows those that there are.\n"), (unknown.Status, unknown.Errors));
        var idle = await sora.RunAsync("cluster", "drain", Environment.MachineName);
        Assert.Equal((2, $"sora: {Environment.MachineName} runs no packs: there is nothing to drain.\n"), (idle.Status, idle.Errors));
        var top = await sora.RunAsync("cluster", "top");
        Assert.Equal(2, top.Status);
        Assert.Contains("'sora cluster status'", top.Errors);
    }

    [GeneratedRegex("local-[0-9a-f]{16}")]
    private static partial Regex Worker();
}
