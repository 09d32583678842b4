namespace SoraCluster.Domain.Errors;

/// <summary>A refusal or failure, told so that a person knows what happened, why, and what to do.</summary>
/// <param name="Code">Which of the closed set it is.</param>
/// <param name="Message">One or two plain sentences; never a stack trace, a path or a secret.</param>
/// <param name="Param">The request field at fault, in the wire's spelling (<c>seconds</c>, <c>size</c> …).</param>
/// <param name="RetryAt">When trying again can succeed.</param>
/// <param name="Category">The policy category of a moderation refusal.</param>
public sealed record SoraError(
    SoraErrorCode Code,
    string Message,
    string? Param = null,
    DateTimeOffset? RetryAt = null,
    string? Category = null);
