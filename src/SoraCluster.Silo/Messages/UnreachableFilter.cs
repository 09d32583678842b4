using SoraCluster.Domain.Errors;

namespace SoraCluster.Silo.Messages;

/// <summary>
/// Tells the gateway's callers in the vocabulary of errors that a silo did not answer: it has died, and within seconds the others
/// notice and take over what it had.
/// </summary>
internal sealed class UnreachableFilter : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            throw new SoraException(
                new SoraError(SoraErrorCode.Overloaded, "A part of the server did not answer. Please try again in a few seconds."), e);
        }
    }
}
