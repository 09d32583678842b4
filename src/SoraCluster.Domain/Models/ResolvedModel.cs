namespace SoraCluster.Domain.Models;

/// <summary>A model name as a client sent it, and what it stands for.</summary>
/// <param name="Name">The id or alias that was asked for.</param>
/// <param name="Model">The pack behind it.</param>
/// <param name="Sizes">What sizes other than native ones mean under this name.</param>
/// <param name="DefaultSize">Size of the delivered clip when the request names none.</param>
public sealed record ResolvedModel(string Name, ModelInfo Model, SizeRule Sizes, FrameSize DefaultSize);
