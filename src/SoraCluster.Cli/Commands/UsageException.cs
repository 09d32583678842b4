namespace SoraCluster.Cli.Commands;

/// <summary>The command line itself is at fault; the message says how to write it.</summary>
internal sealed class UsageException(string message) : Exception(message);
