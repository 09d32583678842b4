using SoraCluster.Domain.Errors;

namespace SoraCluster.Gateway.Errors;

/// <summary>The one place where the closed vocabulary becomes HTTP.</summary>
internal static class ErrorMap
{
    private const string Request = "invalid_request_error";
    private const string Server = "server_error";

    /// <summary>HTTP status, the wire's <c>type</c> and its <c>code</c>.</summary>
    public static (int Status, string Type, string Code) Of(SoraErrorCode code) => code switch
    {
        SoraErrorCode.InvalidRequest => (400, Request, "invalid_request_error"),
        SoraErrorCode.UnsupportedByModel => (400, Request, "unsupported_by_model"),
        SoraErrorCode.InvalidApiKey => (401, Request, "invalid_api_key"),
        SoraErrorCode.PermissionDenied => (403, "permission_error", "permission_denied"),
        SoraErrorCode.NotFound => (404, Request, "not_found"),
        SoraErrorCode.IdempotencyConflict => (409, Request, "idempotency_conflict"),
        SoraErrorCode.Conflict => (409, Request, "conflict"),
        SoraErrorCode.Cancelled => (409, Request, "cancelled"),
        SoraErrorCode.FileTooLarge => (413, Request, "file_too_large"),
        SoraErrorCode.UnsupportedMedia => (415, Request, "unsupported_media"),
        SoraErrorCode.ModerationBlocked => (422, Request, "moderation_blocked"),
        SoraErrorCode.RateLimitExceeded => (429, "rate_limit_error", "rate_limit_exceeded"),
        SoraErrorCode.Overloaded => (503, Server, "overloaded"),
        SoraErrorCode.StorageFailed => (503, Server, "storage_failed"),
        SoraErrorCode.OutOfMemory => (500, Server, "out_of_memory"),
        SoraErrorCode.MediaFailed => (500, Server, "media_failed"),
        SoraErrorCode.WorkerFailed => (500, Server, "worker_failed"),
        SoraErrorCode.Internal => (500, Server, "internal"),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "An error code that is not in the map."),
    };
}
