using SoraCluster.Silo.Tests.Redis;
using SoraCluster.Testing;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>A cluster of processes over a Redis and a folder of its own.</summary>
/// <param name="options">What all its silos are started with.</param>
/// <param name="place">Where clips lie; a folder of its own if it is null.</param>
internal sealed class TestCluster(IRedisFixture redis, string name, string? place = null, params string[] options) : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<SiloProcess> silos = [];

    public MicroPack Pack { get; } = MicroPack.Create();

    /// <summary>The shared folder, or the address of the bucket.</summary>
    public string Data => place ?? folder.Of("data");

    public SiloProcess Start(string roles, params string[] more) => Start(SiloPlace.At(), roles, more);

    public SiloProcess Start(SiloPlace at, string roles, params string[] more)
    {
        var silo = SiloProcess.Start(
            at,
            roles,
            [
                "--redis", redis.Address, "--cluster", name, "--data", Data, "--packs", Pack.Folder, "--threads", "1", "--max-jobs", "3",
                "--Silo:ProbeTimeout", "00:00:05", "--Silo:Quotas:Limit", "10000", "--Silo:Gateway:RequestsPerMinute", "0", .. options, .. more,
            ]);
        silos.Add(silo);
        return silo;
    }

    /// <summary>What every silo said, for a failed test's message.</summary>
    public string Logs() => string.Join("\n", silos.Select(s => $"=== {s.Roles} {s.Address}\n{s.Log}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in silos)
        {
            await silo.DisposeAsync();
        }

        Pack.Dispose();
        folder.Dispose();
    }
}
