using System.Globalization;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Testing.Hosting;

/// <summary>A profile for tests: a step costs <paramref name="secondsPerStep"/> for each second of clip.</summary>
public sealed class TestCosts(double secondsPerStep = 0.1) : IStepCosts
{
    public StepCost CostOf(JobSpec spec) => new(
        string.Create(CultureInfo.InvariantCulture, $"{spec.Pack}/{spec.NativeSize}/{spec.Seconds}"),
        spec.Steps,
        secondsPerStep * spec.Seconds);
}
