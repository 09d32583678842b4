using Microsoft.Extensions.Logging.Abstractions;

namespace SoraCluster.Silo.Tests.State;

/// <summary>Starts what a silo would start.</summary>
internal static class StorageLife
{
    public static Task StartAsync(ILifecycleParticipant<ISiloLifecycle> part)
    {
        var life = new Life();
        part.Participate(life);
        return life.OnStart();
    }

    private sealed class Life() : LifecycleSubject(NullLogger.Instance), ISiloLifecycle
    {
        public int HighestCompletedStage => 0;

        public int LowestStoppedStage => 0;
    }
}
