using SoraCluster.Domain.Steps;

namespace SoraCluster.Planning.Workload;

/// <summary>A job as it is submitted.</summary>
/// <param name="At">Since the beginning; arrivals come in this order.</param>
/// <param name="Steps">Denoising steps over all windows, 1 or more.</param>
/// <param name="SecondsPerStep">Device time of one step when nothing shares the pass, above 0.</param>
/// <param name="BatchKey">Jobs with the same key share passes.</param>
/// <param name="Kind">What the report calls jobs like this one, e.g. <c>short</c>.</param>
public sealed record Arrival(
    TimeSpan At, string User, ServiceClass Class, int Steps, double SecondsPerStep, string BatchKey, string Kind)
{
    /// <summary>Device seconds when nothing shares its passes.</summary>
    public double Seconds => Steps * SecondsPerStep;
}
