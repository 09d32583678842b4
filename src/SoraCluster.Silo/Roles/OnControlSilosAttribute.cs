using Orleans.Placement;

namespace SoraCluster.Silo.Roles;

/// <summary>The grain is an entity: it lives on control silos only.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OnControlSilosAttribute() : PlacementFilterAttribute(new ControlSilosOnly());
