using Orleans.Placement;

namespace SoraCluster.Silo.Roles;

/// <summary>Placement among the silos with the role <see cref="SiloRole.Control"/>.</summary>
public sealed class ControlSilosOnly() : PlacementFilterStrategy(order: 0);
