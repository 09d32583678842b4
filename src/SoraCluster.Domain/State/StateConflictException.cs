namespace SoraCluster.Domain.State;

/// <summary>The stored version is not the one this activation loaded. The host drops the activation and loads afresh.</summary>
public sealed class StateConflictException(string type, string key, Exception? inner = null)
    : Exception($"The state of {type} '{key}' was changed by another activation; it is loaded again.", inner);
