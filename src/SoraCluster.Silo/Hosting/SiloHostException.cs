namespace SoraCluster.Silo.Hosting;

/// <summary>The silo cannot run; the message is one line that says why and what to do.</summary>
public sealed class SiloHostException(string message, Exception? inner = null) : Exception(message, inner);
