namespace SoraCluster.Local.Hosting;

/// <summary>One entity: its type and its key.</summary>
internal readonly record struct EntityId(EntityType Type, string Key)
{
    public override string ToString() => $"{Type.Name}/{Key}";
}
