using System.Text.Json.Nodes;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Diffusion.Tests.Samplers;

/// <summary>Whole clips by every solver that a pack can name, several windows long.</summary>
public class SolverTests
{
    private const string Euler = "FlowMatchEulerDiscreteScheduler";
    private const string StochasticEuler = Euler + " with stochastic_sampling";
    private const string UniPc = "UniPCMultistepScheduler";
    private const string Dpm = "DPMSolverMultistepScheduler";

    private static readonly ClipSettings FromWords = new("a red ball bounces", "blue", 4, 5, 2.5f, 40);
    private static readonly ClipSettings FromSource = FromWords with { Source = new(SourceUse.Rework, 40, 0.6f) };

    public static TheoryData<string, int, bool> Solvers
    {
        get
        {
            var solvers = new TheoryData<string, int, bool>();
            foreach (var (name, order) in (ReadOnlySpan<(string, int)>)[(Euler, 1), (StochasticEuler, 1), (UniPc, 1), (UniPc, 2), (UniPc, 3), (Dpm, 1), (Dpm, 2)])
            {
                solvers.Add(name, order, false);
                solvers.Add(name, order, true);
            }

            return solvers;
        }
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Restore_AtEveryStep_FinishesWithTheSameBits(string scheduler, int order, bool fromSource)
    {
        using var micro = Create(scheduler, order);
        var pack = micro.Load();
        var undisturbed = FakeNetwork.Run(Start(pack, fromSource));
        var sampler = Start(pack, fromSource);
        for (; !sampler.Done; FakeNetwork.Step(sampler))
        {
            var saved = Save(sampler);
            var restored = Restore(pack, saved);
            Assert.Equal(saved, Save(restored));
            FakeNetwork.Run(restored);

            Assert.Equal(undisturbed.Latents["video"], restored.Latents["video"]);
            Assert.Equal(undisturbed.Latents["audio"], restored.Latents["audio"]);
        }
    }

    /// <summary>What the solver remembers is in the checkpoint, and it is not nothing: else the test above could not fail.</summary>
    [Theory]
    [InlineData(UniPc, 1, 2)]
    [InlineData(UniPc, 3, 4)]
    [InlineData(Dpm, 2, 1)]
    public void Save_MultistepSolver_HoldsItsMemory(string scheduler, int order, int tensors)
    {
        using var micro = Create(scheduler, order);
        var sampler = Start(micro.Load(), false);
        FakeNetwork.Step(sampler);
        using var file = SafetensorsFile.Parse(Save(sampler));

        Assert.Equal([tensors, 4L, 4L, 4L, 6L], file.Info("solver.video").Shape);
        Assert.Equal(sampler.Preview["video"][..384], file.ReadFloats("solver.video")[(scheduler == Dpm ? 0 : 384)..][..384]);
        Assert.Contains(file.ReadFloats("solver.audio"), value => value != 0);
    }

    [Theory]
    [MemberData(nameof(Solvers))]
    public void Apply_OracleOfTheCleanLatents_ArrivesThere(string scheduler, int order, bool fromSource)
    {
        using var micro = Create(scheduler, order);
        var sampler = Start(micro.Load(), fromSource);
        for (; !sampler.Done; sampler.Apply())
        {
            foreach (var row in sampler.NextRows())
            {
                Array.Fill(row.Prediction["video"], 0.25f);
                Array.Fill(row.Prediction["audio"], -1.5f);
            }
        }

        Assert.All(sampler.Latents["video"], x => Assert.Equal(0.25f, x, 1e-6f));
        Assert.All(sampler.Latents["audio"], x => Assert.Equal(-1.5f, x, 1e-6f));
    }

    [Fact]
    public void NextRows_UniPc_TellsWholeTimesteps()
    {
        using var micro = Create(UniPc, 2);
        var row = Start(micro.Load(), false).NextRows()[0];

        Assert.Equal(999f, row.Timestep);
        Assert.Equal(0.999999f, row.Sigma, 1e-7f);
    }

    public static TheoryData<string, string, string, string> Refused => new()
    {
        { UniPc, "solver_order", "4", "solver_order from 1 to 3" },
        { UniPc, "solver_type", "\"bh1\"", "solver_type 'bh2'" },
        { UniPc, "predict_x0", "false", "predict_x0 true" },
        { UniPc, "lower_order_final", "false", "lower_order_final true" },
        { UniPc, "solver_p", "{}", "solver_p null" },
        { UniPc, "shift_terminal", "1.0", "shift_terminal from 0" },
        { UniPc, "use_flow_sigmas", "false", "use_flow_sigmas true" },
        { UniPc, "use_karras_sigmas", "true", "use_karras_sigmas false" },
        { UniPc, "use_dynamic_shifting", "true", "use_dynamic_shifting false" },
        { UniPc, "thresholding", "true", "thresholding false" },
        { UniPc, "final_sigmas_type", "\"sigma_min\"", "final_sigmas_type 'zero'" },
        { UniPc, "prediction_type", "\"epsilon\"", "prediction_type 'sample' for pack.json's 'sample'" },
        { UniPc, "flow_shift", "0", "flow_shift" },
        { UniPc, "use_magic_sigmas", "true", "only options that are known" },
        { Dpm, "solver_order", "3", "solver_order from 1 to 2" },
        { Dpm, "solver_type", "\"heun\"", "solver_type 'midpoint'" },
        { Dpm, "algorithm_type", "\"sde-dpmsolver++\"", "algorithm_type 'dpmsolver++'" },
        { Dpm, "use_lu_lambdas", "true", "use_lu_lambdas false" },
        { Dpm, "prediction_type", "\"flow_prediction\"", "prediction_type 'sample'" },
        { Dpm, "shift_terminal", "0.1", "only options that are known" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Load_OptionThatIsNotImplemented_IsRefused(string scheduler, string option, string value, string expected)
    {
        using var micro = Create(scheduler, 2);
        micro.Edit("scheduler/scheduler_config.json", json => json[option] = JsonNode.Parse(value));

        var refused = Assert.Throws<PackException>(micro.Load);

        Assert.Equal("scheduler/scheduler_config.json", refused.File);
        Assert.Contains(expected, refused.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnknownScheduler_NamesTheClass()
    {
        using var micro = Create("DDIMScheduler", 2);

        var refused = Assert.Throws<PackException>(micro.Load);

        Assert.Equal(("pack.json", "'DDIMScheduler'"), (refused.File, refused.Found));
        Assert.Contains("FlowMatchEulerDiscreteScheduler, UniPCMultistepScheduler", refused.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SchedulerOfAnotherClassThanPackJsonSays_IsRefused()
    {
        using var micro = Create(UniPc, 2);
        micro.Edit("scheduler/scheduler_config.json", json => json["_class_name"] = Dpm);

        Assert.Contains(UniPc, Assert.Throws<PackException>(micro.Load).Expected, StringComparison.Ordinal);
    }

    /// <summary>Every step draws its own noise, in every window; the seed decides all of it.</summary>
    [Fact]
    public void Apply_StochasticSampling_DrawsNewNoiseAtEveryStep()
    {
        using var micro = Create(StochasticEuler, 1);
        var pack = micro.Load();
        var sampler = Start(pack, false);
        List<float[]> noises = [];
        for (; !sampler.Done; sampler.Apply())
        {
            foreach (var row in sampler.NextRows())
            {
                Array.Fill(row.Prediction["video"], 0f);
            }

            if (sampler.NextRows()[0] is { Sigma: > 0 and < 1 } next)
            {
                noises.Add([.. next.Latents["video"][^100..].Select(x => x / next.Sigma)]);
            }
        }

        Assert.Equal(4 * (sampler.TotalSteps / 5), noises.Count);
        for (var i = 0; i < noises.Count; i++)
        {
            Assert.InRange(noises[i].Average(x => x * x), 0.4, 1.8);
            Assert.All(noises[..i], other => Assert.InRange(other.Zip(noises[i], (a, b) => a * b).Average(), -0.5, 0.5));
        }
    }

    private static MicroPack Create(string scheduler, int order)
    {
        var micro = MicroPack.Create(new MicroPackShape { Scheduler = scheduler == StochasticEuler ? Euler : scheduler, SolverOrder = order });
        if (scheduler == StochasticEuler)
        {
            micro.Edit("scheduler/scheduler_config.json", json => json["stochastic_sampling"] = true);
        }

        return micro;
    }

    private static ClipSampler Start(Pack pack, bool fromSource) => fromSource
        ? ClipSampler.Start(pack, FromSource, FakeNetwork.Encode, [FakeNetwork.Run(Start(pack, false)).Latents])
        : ClipSampler.Start(pack, FromWords, FakeNetwork.Encode);

    private static ClipSampler Restore(Pack pack, byte[] bytes) => ClipSampler.Restore(pack, new MemoryStream(bytes), FakeNetwork.Encode);

    private static byte[] Save(ClipSampler sampler)
    {
        using var stream = new MemoryStream();
        sampler.Save(stream);
        return stream.ToArray();
    }
}
