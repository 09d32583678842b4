namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>Needs network namespaces; says so where they cannot be made.</summary>
public sealed class NetworkFactAttribute : FactAttribute
{
    public NetworkFactAttribute()
    {
        if (SiloNet.Trouble() is { } trouble)
        {
            Skip = $"Network namespaces cannot be made here, so no two silos can be cut off from each other: {trouble}";
        }
    }
}
