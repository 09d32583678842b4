namespace SoraCluster.Domain.Models;

/// <summary>What happens when a size is asked for that the pack does not make.</summary>
public enum SizeRule
{
    /// <summary>The clip is generated at the nearest native shape and scaled.</summary>
    Scale,

    /// <summary>The request is refused with the sizes there are.</summary>
    Refuse,
}
