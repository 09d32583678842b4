using System.Globalization;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>Where a silo runs, so that another can be started in its place.</summary>
/// <param name="Launcher">The command that runs a program there; none for this machine's own network.</param>
/// <param name="Address">The IP address at which other silos reach it.</param>
/// <param name="SiloPort">The port, which is part of its worker's name.</param>
/// <param name="Http">Where it listens for HTTP, seen from there.</param>
internal sealed record SiloPlace(string[] Launcher, string Address, int SiloPort, Uri Http)
{
    /// <summary>On this machine, or behind a launcher, at ports that nobody uses now.</summary>
    public static SiloPlace At(string address = "127.0.0.1", params string[] launcher) =>
        new(launcher, address, Ports.Free(), new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Ports.Free()}")));
}
