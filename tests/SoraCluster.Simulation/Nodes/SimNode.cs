using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using SoraCluster.Simulation.Core;
using SoraCluster.Simulation.Stores;
using SoraCluster.Testing.Hosting;
using SoraCluster.Testing.Jobs;

namespace SoraCluster.Simulation.Nodes;

/// <summary>A node: real entities in its memory, the sweep and the queue timer, and a way in for workers and clients.</summary>
public sealed class SimNode
{
    private readonly Dictionary<(Type, string), object> activations = [];
    private readonly SimCluster cluster;

    public SimNode(SimCluster cluster, int number)
    {
        this.cluster = cluster;
        Number = number;
        Process = new(cluster.World, $"node-{number}", number);
        Clock = new(cluster.World, Process);
        Entities = new SimEntities(cluster, Process);
        Boot();
    }

    public int Number { get; }
    public SimProcess Process { get; }
    public SimClock Clock { get; }
    public IEntities Entities { get; }

    /// <summary>The queues, for workers that dial in.</summary>
    public IStepSource Source { get; private set; } = null!;

    /// <summary>Comes (again) to life with nothing in memory.</summary>
    public void Boot()
    {
        activations.Clear();
        var bell = new SimBell(cluster.World, Process);
        var signal = new QueueSignal(Entities, bell, cluster.Settings.Queues);
        var told = cluster.Plant(signal);
        jobs = new(
            Entities,
            new SimJobIndex(cluster.Index, cluster.Disk, Process),
            told,
            new Silence(),
            new SimArtifactStore(cluster.Files, cluster.Disk, Process),
            cluster.Costs,
            new TestRoster(),
            Clock,
            cluster.Settings.JobRules);
        queues = new(Entities, signal, bell, Clock, cluster.Settings.Queues);
        Source = new EntityStepSource(Entities, bell, Clock, cluster.Settings.Queues, new());
        var sweep = new Sweep(jobs.Index, Entities, bell, Clock, cluster.Settings.Sweep);
        Process.Start(() => sweep.RunAsync(_ => { }, CancellationToken.None));
        if (Number == 0)
        {
            var timer = new QueueTimer(Entities, Clock, cluster.Settings.Queues);
            Process.Start(() => timer.RunAsync([SimCluster.Pack], CancellationToken.None));
        }
    }

    public string DescribeQueue()
    {
        var queue = Find<IStepQueue>(SimCluster.Pack);
        var status = queue.Entity?.GetStatusAsync().Result;
        return $"queue {(queue.Busy ? "busy" : "free")}, {status?.Waiting.Values.Sum()} waiting, {status?.Leased} leased";
    }

    internal SimActivation<TEntity> Find<TEntity>(string key)
        where TEntity : class
    {
        if (!activations.TryGetValue((typeof(TEntity), key), out var found))
        {
            activations[(typeof(TEntity), key)] = found = new SimActivation<TEntity>(Process, () => ActivateAsync<TEntity>(key));
        }

        return (SimActivation<TEntity>)found;
    }

    private JobServices jobs = null!;
    private QueueServices queues = null!;

    private async Task<TEntity> ActivateAsync<TEntity>(string key)
        where TEntity : class
    {
        object entity = typeof(TEntity) switch
        {
            var t when t == typeof(IUser) => cluster.Plant(
                new User(await cluster.Store.LoadAsync<UserState>(key, Process), Clock, cluster.Settings.Quotas), key, Process),
            var t when t == typeof(IGenerationJob) => cluster.Plant(
                new GenerationJob(key, await cluster.Store.LoadAsync<JobState>(key, Process), jobs), key),
            _ => cluster.Plant(new StepQueue(key, await cluster.Store.LoadAsync<QueueControls>(key, Process), queues)),
        };
        return (TEntity)entity;
    }

    /// <summary>Nobody watches.</summary>
    private sealed class Silence : IJobEvents
    {
        private readonly RecordingJobEvents none = new();

        public void Publish(JobSnapshot snapshot)
        {
        }

        public IAsyncEnumerable<JobSnapshot> WatchAsync(string jobId, CancellationToken cancellation) => none.WatchAsync(jobId, cancellation);
    }
}
