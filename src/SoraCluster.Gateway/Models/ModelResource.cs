namespace SoraCluster.Gateway.Models;

/// <summary>A pack as the models list tells it.</summary>
/// <param name="Id">The name it was asked for by: its id, or an alias.</param>
internal sealed record ModelResource(string Id, string Object, long Created, string OwnedBy, ModelExtras Sora);

/// <summary>What a client needs to ask for something that the pack makes.</summary>
internal sealed record ModelExtras
{
    public required string Pack { get; init; }
    public required string Name { get; init; }
    public required string Description { get; init; }
    public required string Version { get; init; }
    public required string Licence { get; init; }
    public required IReadOnlyList<string> Aliases { get; init; }
    public required IReadOnlyList<string> NativeSizes { get; init; }
    public required string DefaultSize { get; init; }
    /// <summary><c>scale</c> or <c>refuse</c>: what happens to other sizes.</summary>
    public required string OtherSizes { get; init; }
    public required IReadOnlyList<string> Seconds { get; init; }
    public required string DefaultSeconds { get; init; }
    public required int DefaultSteps { get; init; }
    public required int MaxSteps { get; init; }
    public required float DefaultGuidanceScale { get; init; }
    public required bool Audio { get; init; }
    public required bool InputReference { get; init; }
    public required IReadOnlyList<string> Operations { get; init; }
    public required IReadOnlyList<string> Styles { get; init; }
    public required IReadOnlyList<string> Languages { get; init; }
    /// <summary>Expected device seconds for a clip with every default.</summary>
    public required double EstimatedSeconds { get; init; }
}

internal sealed record ModelPage(string Object, IReadOnlyList<ModelResource> Data);
