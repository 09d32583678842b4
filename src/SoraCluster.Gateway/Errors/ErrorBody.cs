using System.Text.Json.Serialization;

namespace SoraCluster.Gateway.Errors;

internal sealed record ErrorBody(ErrorDetail Error);

/// <param name="Category">Only in moderation refusals: the policy category.</param>
internal sealed record ErrorDetail(
    string Message,
    string Type,
    string? Param,
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Category = null);
