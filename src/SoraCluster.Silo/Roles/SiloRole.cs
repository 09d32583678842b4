namespace SoraCluster.Silo.Roles;

/// <summary>What a silo does. A silo may have any mix of them.</summary>
[Flags]
public enum SiloRole
{
    None = 0,

    /// <summary>Hosts the entities: users, jobs, queues, keys, webhooks, and the sweep.</summary>
    Control = 1,

    /// <summary>Runs packs: pulls leases, steps, decodes. Hosts no entity, so that losing it loses no entity's memory.</summary>
    Gpu = 2,

    /// <summary>Answers HTTP.</summary>
    Gateway = 4,
}
