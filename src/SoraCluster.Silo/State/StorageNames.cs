namespace SoraCluster.Silo.State;

/// <summary>Names under which states lie in Redis (<c>{service}/state/{grain type}/{key}/{slot}</c>): they do not change.</summary>
public static class StorageNames
{
    /// <summary>The storage provider.</summary>
    public const string Redis = "redis";

    /// <summary>The one slot of an entity.</summary>
    public const string Slot = "state";
}
