namespace SoraCluster.Domain.Artifacts;

/// <summary>The artifact store could not do what was asked; the message says what an operator should look at.</summary>
public sealed class ArtifactStoreException(string message, Exception? inner = null) : Exception(message, inner);
