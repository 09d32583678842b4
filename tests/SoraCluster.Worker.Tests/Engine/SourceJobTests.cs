using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Jobs;
using SoraCluster.Media;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Engine;

/// <summary>Clips made from finished clips, by the whole worker: their sources come from the store, once, and never decide a bit again.</summary>
public sealed class SourceJobTests : MicroWorkerTest
{
    [Theory]
    [InlineData(JobOperation.Remix, 2, 2)]
    [InlineData(JobOperation.Edit, 2, 2)]
    [InlineData(JobOperation.Blend, 2, 2)]
    [InlineData(JobOperation.Loop, 2, 4)]
    [InlineData(JobOperation.Extend, 5, 8)]
    public async Task Run_FromAFinishedClip_EndsAndCostsWhatWasSaid(JobOperation operation, int seconds, int steps)
    {
        await using var rig = await WithSourcesAsync();
        var spec = Derived(rig, "c", operation) with { Seconds = seconds };
        rig.Queue.Submit(spec);
        await rig.Queue.UntilEndedAsync("c");

        Assert.Equal("completed", rig.Queue["c"].End);
        Assert.Equal(steps, new PackStepCosts([Pack], new()).CostOf(spec).TotalSteps);
        Assert.NotEqual(rig.Queue["a"].Result!.VideoSha256, rig.Queue["c"].Result!.VideoSha256);
    }

    [Fact]
    public async Task Run_SourceGoneAfterACheckpoint_GoesOnToTheSameBits()
    {
        await using var undisturbed = await WithSourcesAsync();
        var spec = Derived(undisturbed, "c", JobOperation.Remix) with { Steps = 12, Strength = 1 };
        undisturbed.Queue.Submit(spec);
        await undisturbed.Queue.UntilEndedAsync("c");

        using var state = new MemoryStream();
        var run = await Engine.OpenAsync(spec, null, [new MemoryStream(undisturbed.Store.Read(spec.SourceLatents!)!)], default);
        for (var i = 0; i < 7; i++)
        {
            Assert.Null((await Engine.StepAsync([run])).Shared);
        }

        run.Save(state);
        await using var later = new Rig { Device = new LatentsEngine(Engine) }.Start();
        later.Store.Put("jobs/c/checkpoints/1-7.safetensors", state.ToArray());
        later.Queue.Submit(spec, "jobs/c/checkpoints/1-7.safetensors", 7);
        await later.Queue.UntilEndedAsync("c");

        Assert.Equal(undisturbed.Queue["c"].Result!.VideoSha256, later.Queue["c"].Result!.VideoSha256);
    }

    [Fact]
    public async Task Run_SourceNotInTheStore_FailsSayingSo()
    {
        await using var rig = await WithSourcesAsync();
        rig.Queue.Submit(Derived(rig, "c", JobOperation.Remix) with { SourceLatents = "jobs/c/gone" });
        await rig.Queue.UntilEndedAsync("c");

        Assert.Contains("not in the store any more", rig.Queue["c"].Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SourceOfAnotherVersionOfThePack_IsRefusedAsUnsupported()
    {
        await using var rig = await WithSourcesAsync();
        Files.Edit("pack.json", json => json["version"] = "2.0.0");
        using var newer = new PackEngine(
            [Files.Load()], new ArithmeticRuntimes(), new(new MediaOptions(), Folder, TimeProvider.System), TimeProvider.System);
        var source = new MemoryStream(rig.Store.Read(rig.Queue["a"].Result!.Latents)!);

        var refused = await Assert.ThrowsAsync<SoraException>(
            () => newer.OpenAsync(Derived(rig, "c", JobOperation.Remix), null, [source], default));

        Assert.Equal(SoraErrorCode.UnsupportedByModel, refused.Error.Code);
    }

    [Fact]
    public async Task Open_SourceThatIsNoLatents_IsAFaultOfTheClip()
    {
        await using var rig = await WithSourcesAsync();

        await Assert.ThrowsAsync<ClipFaultException>(
            () => Engine.OpenAsync(Derived(rig, "c", JobOperation.Remix), null, [new MemoryStream([1, 2, 3])], default));
    }

    private static JobSpec Job(string id) => Rig.Job(id, steps: 4, seconds: 2) with { Pack = "micro", Prompt = "red ball bounces" };

    private static JobSpec Derived(Rig rig, string id, JobOperation operation) => Job(id) with
    {
        Operation = operation,
        Strength = 0.5f,
        SourceJobId = "a",
        SourceSeconds = 2,
        SourceLatents = rig.Queue["a"].Result!.Latents,
        OtherSourceLatents = operation == JobOperation.Blend ? rig.Queue["b"].Result!.Latents : null,
    };

    private async Task<Rig> WithSourcesAsync()
    {
        var rig = new Rig { Device = new LatentsEngine(Engine) }.Start();
        rig.Queue.Submit(Job("a"));
        rig.Queue.Submit(Job("b") with { Prompt = "blue" });
        await rig.Queue.UntilEndedAsync("a");
        await rig.Queue.UntilEndedAsync("b");
        return rig;
    }
}
