using SoraCluster.Domain.Jobs;

namespace SoraCluster.Domain.Steps;

/// <summary>What a job will cost, from the pack's profile. The same spec always gets the same answer while a profile lasts.</summary>
public interface IStepCosts
{
    StepCost CostOf(JobSpec spec);
}
