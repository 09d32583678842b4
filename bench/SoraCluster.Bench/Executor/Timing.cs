namespace SoraCluster.Bench.Executor;

/// <summary>Seconds that something took: by the wall, or the processor's, shared among the threads that were meant to work at once.</summary>
internal sealed class Timing(bool processorTime, int threads)
{
    public double Seconds(Action action)
    {
        var (wall, processor) = (System.Diagnostics.Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        action();
        return processorTime
            ? (Environment.CpuUsage.TotalTime - processor).TotalSeconds / threads
            : System.Diagnostics.Stopwatch.GetElapsedTime(wall).TotalSeconds;
    }
}
