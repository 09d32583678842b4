namespace SoraCluster.Cli.Api;

/// <summary>The server does not answer, or stopped answering in the middle.</summary>
internal sealed class ServerLostException(Uri server, Exception inner)
    : Exception($"The server at {server} does not answer ({inner.Message}). Start one with 'sora serve', or leave --server out.", inner);
