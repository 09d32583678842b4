using SoraCluster.Domain.Errors;

namespace SoraCluster.Silo.Messages;

/// <summary>A <see cref="SoraException"/> on the wire: its error; causes stay where they happened, in the log.</summary>
[GenerateSerializer]
public struct SoraExceptionSurrogate
{
    [Id(0)]
    public SoraError Error;
}
