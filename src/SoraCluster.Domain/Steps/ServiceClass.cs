namespace SoraCluster.Domain.Steps;

/// <summary>Who goes first. Lower classes age upwards, so that none of them starves.</summary>
public enum ServiceClass
{
    Priority,
    Standard,
    Relaxed,
}
