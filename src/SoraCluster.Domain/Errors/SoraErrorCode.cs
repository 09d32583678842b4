namespace SoraCluster.Domain.Errors;

/// <summary>Everything that can be refused or go wrong, as the outside is told it. Closed: one switch maps it to HTTP.</summary>
public enum SoraErrorCode
{
    InvalidRequest,
    InvalidApiKey,
    PermissionDenied,
    NotFound,
    IdempotencyConflict,
    Conflict,
    FileTooLarge,
    UnsupportedMedia,
    ModerationBlocked,
    UnsupportedByModel,
    RateLimitExceeded,
    Overloaded,
    Cancelled,
    OutOfMemory,
    StorageFailed,
    MediaFailed,
    WorkerFailed,
    Internal,
}
