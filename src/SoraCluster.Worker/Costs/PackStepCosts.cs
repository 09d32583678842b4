using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Costs;

/// <summary>
/// Costs for the queue: batch key and steps from the pack itself, seconds from the measured profile, read once for each key that it
/// knows so that from then on the same spec gets the same answer for the life of the process. Thread-safe.
/// </summary>
/// <param name="packs">Every pack that a job can name.</param>
/// <param name="profile">What was measured.</param>
/// <param name="unmeasured">Seconds per step of a job whose key the profile does not know.</param>
public sealed class PackStepCosts(IReadOnlyCollection<Pack> packs, CostProfile profile, double unmeasured = 0.05) : IStepCosts
{
    private readonly Dictionary<string, Pack> packs = packs.ToDictionary(pack => pack.Manifest.Id);
    private readonly Dictionary<string, double> seconds = [];
    private readonly Lock gate = new();

    /// <inheritdoc/>
    public StepCost CostOf(JobSpec spec)
    {
        if (!packs.TryGetValue(spec.Pack, out var pack))
        {
            return new StepCost(spec.Pack, Math.Max(1, spec.Steps), unmeasured);
        }

        var settings = ClipRequests.Settings(spec, pack.Manifest);
        var key = ClipSampler.BatchKeyOf(pack, settings);
        return new StepCost(key, Math.Max(1, ClipSampler.TotalStepsOf(pack, settings)), SecondsFor(key, settings));
    }

    private double SecondsFor(string key, ClipSettings settings)
    {
        lock (gate)
        {
            if (!seconds.TryGetValue(key, out var known))
            {
                if (profile.SecondsPerStep(key, settings.GuidanceScale == 1 ? 1 : 2) is not { } measured)
                {
                    return unmeasured;
                }

                seconds.Add(key, known = measured);
            }

            return known;
        }
    }
}
