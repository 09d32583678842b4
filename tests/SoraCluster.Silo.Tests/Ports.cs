using System.Net;
using System.Net.Sockets;

namespace SoraCluster.Silo.Tests;

internal static class Ports
{
    /// <summary>A port that nothing listens on now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
