namespace SoraCluster.Media;

/// <summary>
/// A media operation failed and left nothing behind. The message is one line for an operator: it may hold the tool's own
/// words, so it is logged, not shown to the users of a public server.
/// </summary>
public sealed class MediaException(MediaFailure failure, string message, Exception? cause = null) : Exception(message, cause)
{
    public MediaFailure Failure { get; } = failure;
}
