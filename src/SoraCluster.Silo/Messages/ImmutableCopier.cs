using Orleans.Serialization.Cloning;

namespace SoraCluster.Silo.Messages;

/// <summary>Domain's messages are immutable: a call within the process passes them as they are.</summary>
internal sealed class ImmutableCopier : IGeneralizedCopier
{
    public bool IsSupportedType(Type type) => DomainMessages.IsMessage(type);

    public object? DeepCopy(object? input, CopyContext context) => input;
}
