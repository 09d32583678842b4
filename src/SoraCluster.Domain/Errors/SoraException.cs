namespace SoraCluster.Domain.Errors;

/// <summary>Carries a <see cref="SoraError"/> to the edge that maps it.</summary>
public sealed class SoraException(SoraError error, Exception? inner = null) : Exception(error.Message, inner)
{
    public SoraException(SoraErrorCode code, string message, string? param = null)
        : this(new SoraError(code, message, param))
    {
    }

    public SoraError Error { get; } = error;
}
