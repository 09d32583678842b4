namespace SoraCluster.Local;

/// <summary>The local server cannot start or go on; the message is one line that says what is wrong and what to do.</summary>
public sealed class LocalServerException(string message, Exception? inner = null) : Exception(message, inner);
