namespace SoraCluster.Worker.Engine;

/// <summary>One clip cannot be made; the message is for its owner.</summary>
public sealed class ClipFaultException(string message, Exception? cause = null) : Exception(message, cause);
