namespace SoraCluster.Domain.Keys;

/// <summary>What a key may do.</summary>
public enum KeyScope
{
    /// <summary>Everything that concerns the owner's own clips.</summary>
    User,

    /// <summary>Also the operator's calls: keys, nodes, dead letters.</summary>
    Operator,
}
