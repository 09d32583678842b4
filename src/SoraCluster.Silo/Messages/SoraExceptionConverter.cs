using SoraCluster.Domain.Errors;

namespace SoraCluster.Silo.Messages;

[RegisterConverter]
public sealed class SoraExceptionConverter : IConverter<SoraException, SoraExceptionSurrogate>
{
    public SoraException ConvertFromSurrogate(in SoraExceptionSurrogate surrogate) => new(surrogate.Error);

    public SoraExceptionSurrogate ConvertToSurrogate(in SoraException value) => new() { Error = value.Error };
}
