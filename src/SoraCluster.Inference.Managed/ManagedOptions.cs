namespace SoraCluster.Inference.Managed;

/// <summary>How the executor runs. Nothing here changes a result.</summary>
public sealed record ManagedOptions
{
    /// <summary>Threads per runtime, the calling one included: 1 or more. Default: 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Instructions to use; an error where the processor lacks them. Default: the widest there are.</summary>
    public VectorWidth Width { get; init; } = VectorWidth.Auto;
}
