namespace SoraCluster.Worker.Remote;

/// <summary>The gateway refused a call or could not be reached. The message is for an operator and holds no token.</summary>
/// <param name="message">What happened, with the address.</param>
/// <param name="passing">Whether the same call may succeed later.</param>
/// <param name="cause">What the transport said.</param>
public sealed class GatewayException(string message, bool passing, Exception? cause = null) : Exception(message, cause)
{
    public bool Passing => passing;
}
