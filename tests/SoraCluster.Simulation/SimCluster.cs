using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using SoraCluster.Simulation.Checks;
using SoraCluster.Simulation.Core;
using SoraCluster.Simulation.Nodes;
using SoraCluster.Simulation.Stores;
using SoraCluster.Simulation.Workers;
using SoraCluster.Testing.Hosting;

namespace SoraCluster.Simulation;

/// <summary>Everything that outlives processes: stores, nodes, and the checks that watch them.</summary>
public sealed class SimCluster
{
    public const string Pack = "tiny";

    public SimCluster(int seed, SimSettings settings)
    {
        Settings = settings;
        World = new(seed);
        Faults = settings.Faults(World.Random);
        Operator = new(World, "operator", 1000);
        Disk = new(World, () => Faults);
        Checks = new(this);
        Store = new(Disk, Checks.Written);
        for (var i = 0; i < Faults.Nodes; i++)
        {
            Nodes.Add(new(this, i));
        }
    }

    public SimSettings Settings { get; }
    public SimWorld World { get; }

    /// <summary>Is never killed: clients, those who restart processes, and the source of faults.</summary>
    public SimProcess Operator { get; }

    public FaultPlan Faults { get; set; }
    public SimDisk Disk { get; }
    public Invariants Checks { get; }
    public SimStateStore Store { get; }
    public SimJobIndex.Rows Index { get; } = new();
    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);
    public IStepCosts Costs { get; } = new TestCosts(0.05);
    public List<SimNode> Nodes { get; } = [];
    public List<SimWorker> Workers { get; } = [];

    /// <summary>Where an entity lives now: it moves when nodes come and go.</summary>
    public SimNode? NodeOf(Type type, string key)
    {
        var alive = Nodes.FindAll(n => n.Process.Alive);
        var place = key.Aggregate(type.Name.Length, (h, c) => unchecked((h * 31) + c));
        return alive.Count == 0 ? null : alive[(int)((uint)place % (uint)alive.Count)];
    }

    /// <summary>Who has what, for those who look into a seed that broke.</summary>
    public string Describe() => string.Join('\n', (string[])
    [
        .. Store.All<JobState>().Where(j => j.State.Body is { Ended: false }).Select(j => $"job {j.Key}: {j.State.Body!.Status}, token {j.State.Token}, worker {j.State.Body.Worker}, step {j.State.Body.CheckpointStep}, checkpoint {j.State.Body.Checkpoint}"),
        .. Workers.SelectMany(w => w.InHand.Select(h => $"{w.Name} ({(w.Process.Alive ? "alive" : "dead")}) has {h.Lease.JobId} under token {h.Lease.Grant.Token}: step {h.Run.Step}")),
        .. Nodes.Select(n => $"{n.Process.Name}: {(n.Process.Alive ? "alive" : "dead")}, {n.DescribeQueue()}"),
    ]);

    /// <summary>A node that answers, as a load balancer would find it.</summary>
    public SimNode? AnyNode() => Nodes.FindAll(n => n.Process.Alive) is { Count: > 0 } alive ? alive[World.Random.Next(alive.Count)] : null;

    internal IGenerationJob Plant(GenerationJob job, string id) => Settings.Bug switch
    {
        PlantedBug.NoFence => new Planted.UnfencedJob(job, () => Store.Peek<JobState>(id)?.Token ?? 0),
        PlantedBug.NoIsolation => new Planted.SociableJob(job),
        _ => job,
    };

    internal IStepQueue Plant(StepQueue queue) => Settings.Bug is PlantedBug.Starvation ? new Planted.DeafQueue(queue) : queue;

    internal IQueueSignal Plant(QueueSignal signal) => Settings.Bug is PlantedBug.NoIsolation ? new Planted.SociableSignal(signal) : signal;

    internal IUser Plant(User user, string id, SimProcess process) => Settings.Bug switch
    {
        PlantedBug.DoubleRefund => new Planted.DoubleRefundUser(user, () => Store.LoadAsync<UserState>(id, process)),
        PlantedBug.NoRefund => new Planted.ForgetfulUser(user),
        _ => user,
    };
}
