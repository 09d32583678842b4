using SoraCluster.Domain.Errors;

namespace SoraCluster.Gateway.Errors;

/// <summary>The gateway's own refusal; unlike a <see cref="SoraException"/> it can be told in the caller's language.</summary>
internal sealed class Refusal(SoraError error, string japanese, Exception? inner = null) : Exception(error.Message, inner)
{
    public Refusal(SoraErrorCode code, Said said, string? param = null, DateTimeOffset? retryAt = null, Exception? inner = null)
        : this(new SoraError(code, said.English, param, retryAt), said.Japanese, inner)
    {
    }

    public SoraError Error { get; } = error;

    public string Japanese { get; } = japanese;
}
