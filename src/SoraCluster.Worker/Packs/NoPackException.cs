namespace SoraCluster.Worker.Packs;

/// <summary>There is no pack that could be used; the message is one line that says why and what to do.</summary>
public sealed class NoPackException(string message) : Exception(message);
