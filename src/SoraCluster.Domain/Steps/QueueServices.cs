using SoraCluster.Domain.State;

namespace SoraCluster.Domain.Steps;

/// <summary>What every step queue of a host shares.</summary>
public sealed record QueueServices(
    IEntities Entities, IQueueSignal Signal, IQueueBell Bell, TimeProvider Clock, QueueOptions Options);
