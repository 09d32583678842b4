namespace SoraCluster.Media;

/// <summary>Lets so many work at a time; the rest wait.</summary>
internal sealed class Turns(int count)
{
    private readonly SemaphoreSlim free = new(count);

    /// <summary>Waits for a turn, which ends when what is returned is disposed.</summary>
    public async Task<IDisposable> TakeAsync(CancellationToken cancellation)
    {
        await free.WaitAsync(cancellation);
        return new Turn(free);
    }

    private sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
