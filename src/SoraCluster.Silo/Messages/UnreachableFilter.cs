using SoraCluster.Domain.Errors;

namespace SoraCluster.Silo.Messages;

/// <summary>
/// Tells the gateway's callers in the vocabulary of errors that a silo did not answer: it has died, and within seconds the others
/// notice and take over what it had. Orleans' own calls keep the exceptions that Orleans expects.
/// </summary>
internal sealed class UnreachableFilter : IOutgoingGrainCallFilter
{
    private const string OurInterfaces = "SoraCluster.";

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception e) when (IsOurs(context) && e is (TimeoutException or OrleansException))
        {
            throw new SoraException(
                new SoraError(SoraErrorCode.Overloaded, "A part of the server did not answer. Please try again in a few seconds."), e);
        }
    }

    private static bool IsOurs(IGrainCallContext context) => context.InterfaceName.StartsWith(OurInterfaces, StringComparison.Ordinal);
}
