using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.Steps;
using SoraCluster.Domain.Users;
using SoraCluster.Testing.Artifacts;
using SoraCluster.Testing.Jobs;
using SoraCluster.Testing.State;

namespace SoraCluster.Testing.Hosting;

/// <summary>The real entities over stores in memory and a clock that stands still: a whole cluster for tests, without threads.</summary>
public sealed class TestCluster
{
    public TestCluster()
    {
        Bell = new(Clock);
        Entities.Register<IUser>(key => new User(Store.Load<UserState>(key), Clock, Quotas));
        Entities.Register<IGenerationJob>(key => new GenerationJob(key, Store.Load<JobState>(key), new(
            Entities, Index, new QueueSignal(Entities, Bell, Queues), Events, Artifacts, Costs, Workers, Clock, Jobs)));
        Entities.Register<IStepQueue>(key => new StepQueue(key, Store.Load<QueueControls>(key), new(
            Entities, new QueueSignal(Entities, Bell, Queues), Bell, Clock, Queues)));
    }

    public QuotaOptions Quotas { get; init; } = new();
    public JobOptions Jobs { get; init; } = new();
    public QueueOptions Queues { get; init; } = new();
    public IStepCosts Costs { get; init; } = new TestCosts();

    public ManualClock Clock { get; } = new();
    public InMemoryStateStore Store { get; } = new();
    public InMemoryJobIndex Index { get; } = new();
    public InMemoryArtifactStore Artifacts { get; } = new();
    public RecordingJobEvents Events { get; } = new();
    public TestRoster Workers { get; } = new();
    public InMemoryEntities Entities { get; } = new();
    public QueueBell Bell { get; }

    public EntityStepSource Source => new(Entities, Bell, Clock, Queues, new());

    public IUser User(string id) => Entities.Get<IUser>(id);

    public IGenerationJob Job(string id) => Entities.Get<IGenerationJob>(id);

    public IStepQueue Queue(string key = "tiny") => Entities.Get<IStepQueue>(key);

    public Task<SweepReport> SweepAsync() => new Sweep(Index, Entities, Bell, Clock, new()).OnceAsync(CancellationToken.None);

    public static JobSpec Spec(string id, string owner = "ann", ServiceClass @class = ServiceClass.Standard, int steps = 20, int seconds = 1) => new()
    {
        Id = id,
        Owner = owner,
        Model = "tiny",
        Pack = "tiny",
        Prompt = "a red ball bounces on the beach",
        Seed = 7,
        Seconds = seconds,
        Size = "192x64",
        NativeSize = "192x64",
        Steps = steps,
        GuidanceScale = 3,
        Class = @class,
    };

    public async Task<JobSnapshot> SubmitAsync(JobSpec spec) => (await Job(spec.Id).SubmitAsync(spec)).Job!;

    public static PullRequest Pull(string worker = "w1", int free = 1, string? activeKey = null, double? freeCost = null) =>
        new(worker, ["tiny"], free, activeKey, freeCost, TimeSpan.Zero);

    public static JobResult Result(string id, long token) => new(
        JobArtifacts.Result(id, token, "video.mp4"),
        JobArtifacts.Result(id, token, "thumbnail.jpg"),
        JobArtifacts.Result(id, token, "sprites.jpg"),
        JobArtifacts.Result(id, token, "latents.safetensors"),
        4,
        "00");
}
