namespace SoraCluster.Silo.Messages;

/// <summary>Calls that nobody waits for and whose loss nobody minds.</summary>
internal static class Hints
{
    public static async void Send(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A hint. Whoever must be sure looks from time to time.
        }
    }
}
