using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Domain.Jobs;

/// <summary>What every generation job of a host shares.</summary>
public sealed record JobServices(
    IEntities Entities,
    IJobIndex Index,
    IQueueSignal Queues,
    IJobEvents Events,
    IArtifactStore Artifacts,
    IStepCosts Costs,
    IWorkerRoster Workers,
    TimeProvider Clock,
    JobOptions Options);
