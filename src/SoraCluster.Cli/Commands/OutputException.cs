namespace SoraCluster.Cli.Commands;

/// <summary>The clip cannot be written where it should go.</summary>
internal sealed class OutputException(string message, Exception inner) : Exception(message, inner);
