using SoraCluster.Diffusion.Packs;
using SoraCluster.Domain.Jobs;
using SoraCluster.Media;
using SoraCluster.Testing.Packs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Engine;

/// <summary>I4 and I5, with real samplers: whatever happens to a job and whoever is beside it, its latents are the same to the bit.</summary>
public sealed class SameBitsTests : IDisposable
{
    private const int TotalSteps = 12;

    private readonly MicroPack files = MicroPack.Create();
    private readonly string folder = Directory.CreateTempSubdirectory("sora-worker-").FullName;
    private readonly Pack pack;

    public SameBitsTests() => pack = files.Load();

    public void Dispose()
    {
        files.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Run_InABatchOfFour_SameBitsAsAlone()
    {
        var specs = Enumerable.Range(1, 4).Select(i => Job($"job{i}", (ulong)i)).ToArray();
        using var device = Device();
        var together = new LatentsEngine(device);
        await using var rig = new Rig { Device = together };
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        together.OnStep = number => number == 1 ? begin.Task : Task.CompletedTask;
        rig.Start();
        Array.ForEach(specs, spec => rig.Queue.Submit(spec));
        await rig.Queue.UntilAsync(() => Array.TrueForAll(specs, spec => rig.Queue[spec.Id].Stage == JobStage.Denoise));
        begin.SetResult();

        foreach (var spec in specs)
        {
            await rig.Queue.UntilEndedAsync(spec.Id);
            Assert.Equal(await AloneAsync(spec), Video(rig, spec.Id));
        }

        Assert.Equal(4, specs.Select(spec => Video(rig, spec.Id)).Distinct().Count());
    }

    [Fact]
    public async Task Run_StoppedAtEveryStepAndResumedElsewhere_SameBitsAndNoStepTwice()
    {
        var spec = Job("a", 7);
        var undisturbed = await AloneAsync(spec);
        for (var at = 1; at < TotalSteps; at++)
        {
            using var firstDevice = Device();
            using var secondDevice = Device();
            var first = new LatentsEngine(firstDevice);
            await using var one = new Rig { Device = first };
            first.OnStep = number =>
            {
                if (number == at)
                {
                    one.RequestStop();
                }

                return Task.CompletedTask;
            };
            one.Start();
            one.Queue.Submit(spec);
            await one.Ended;
            Assert.Equal(at, one.Queue["a"].CheckpointStep);

            var steps = 0;
            var second = new LatentsEngine(secondDevice) { OnStep = number => Task.FromResult(steps = number) };
            await using var two = new Rig
            {
                Queue = one.Queue,
                Store = one.Store,
                Device = second,
                Options = Rig.Default with { WorkerId = "w2" },
            };
            two.Start();
            await one.Queue.UntilEndedAsync("a");

            Assert.Equal(undisturbed, Video(one, "a"));
            Assert.Equal(TotalSteps - at, steps);
        }
    }

    [Fact]
    public async Task Run_KilledAtEveryStep_SameBitsAndAtMostTheIntervalRedone()
    {
        var spec = Job("a", 9);
        var undisturbed = await AloneAsync(spec);
        for (var at = 1; at <= TotalSteps; at++)
        {
            using var firstDevice = Device();
            using var secondDevice = Device();
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var first = new LatentsEngine(firstDevice);
            await using var one = new Rig { Device = first };
            first.OnStep = number =>
            {
                if (number == at)
                {
                    reached.SetResult();
                    return hang.Task;
                }

                return Task.CompletedTask;
            };
            var pulls = 0;
            one.Queue.OnPull = request => request.WorkerId == "w2" || pulls++ == 0 ? Task.CompletedTask : new TaskCompletionSource().Task;
            one.Start();
            one.Queue.Submit(spec);
            await reached.Task.WaitAsync(Rig.Patience);
            var stored = one.Queue["a"].CheckpointStep;
            Assert.True(at - 1 - stored < 5, $"{at - 1 - stored} steps would be lost at step {at}.");

            one.Queue.Expire("a");
            await using var two = new Rig
            {
                Queue = one.Queue,
                Store = one.Store,
                Device = new LatentsEngine(secondDevice),
                Options = Rig.Default with { WorkerId = "w2" },
            };
            two.Start();
            await one.Queue.UntilEndedAsync("a");

            Assert.Equal(undisturbed, Video(one, "a"));
            hang.SetResult();
        }
    }

    [Fact]
    public async Task Run_UnbatchablePack_SplitsThePassAndGivesTheSameBits()
    {
        var spec = Job("a", 3);
        var undisturbed = await AloneAsync(spec);
        files.Edit("pack.json", json => json["max_batch"] = 1);
        var largest = 0;
        var backend = new ArithmeticRuntimes { OnPass = rows => largest = Math.Max(largest, rows) };
        using var device = new PackEngine([files.Load()], backend, Packager(), TimeProvider.System);
        await using var rig = new Rig { Device = new LatentsEngine(device) }.Start();
        rig.Queue.Submit(spec);

        await rig.Queue.UntilEndedAsync("a");

        Assert.Equal(1, largest);
        Assert.Equal(undisturbed, Video(rig, "a"));
    }

    [Fact]
    public async Task Run_CheckpointOfAnotherClip_IsNotUsed()
    {
        using var device = Device();
        await using var one = new Rig { Device = new LatentsEngine(device) }.Start();
        one.Queue.Submit(Job("a", 1));
        await one.Queue.UntilAsync(() => one.Queue["a"].Checkpoint is not null);
        var foreign = one.Queue["a"].Checkpoint!;
        await one.Queue.UntilEndedAsync("a");
        var spec = Job("b", 2);
        one.Queue.Submit(spec, foreign, 4);

        await one.Queue.UntilEndedAsync("b");

        Assert.Equal(await AloneAsync(spec), Video(one, "b"));
    }

    private static JobSpec Job(string id, ulong seed) =>
        Rig.Job(id, steps: 4, seconds: 4) with { Seed = seed, Pack = "micro", Prompt = "red ball bounces" };

    private static string Video(Rig rig, string id) => rig.Queue[id].Result!.VideoSha256;

    private async Task<string> AloneAsync(JobSpec spec)
    {
        using var device = Device();
        await using var rig = new Rig { Device = new LatentsEngine(device) }.Start();
        rig.Queue.Submit(spec);
        await rig.Queue.UntilEndedAsync(spec.Id);
        Assert.Equal("completed", rig.Queue[spec.Id].End);
        return Video(rig, spec.Id);
    }

    private PackEngine Device() => new([pack], new ArithmeticRuntimes(), Packager(), TimeProvider.System);

    private ClipPackager Packager() => new(new MediaOptions(), folder, TimeProvider.System);
}
