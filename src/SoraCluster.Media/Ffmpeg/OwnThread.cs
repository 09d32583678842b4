namespace SoraCluster.Media;

/// <summary>
/// For calls that block as long as a tool runs: .NET reads and writes a process's pipes synchronously, whatever the method is called.
/// On the thread pool's few threads they would keep everybody else waiting.
/// </summary>
internal static class OwnThread
{
    public static Task RunAsync(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
