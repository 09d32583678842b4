namespace SoraCluster.Domain.Steps;

/// <param name="BatchKey">Jobs with the same key share a forward pass: pack, shape, dtype, guidance branches.</param>
/// <param name="TotalSteps">Denoising steps in all (steps × windows), at least 1.</param>
/// <param name="SecondsPerStep">Device seconds that one more row of this job adds to a pass, above 0.</param>
public sealed record StepCost(string BatchKey, int TotalSteps, double SecondsPerStep);
