using System.Text.Json;
using SoraCluster.Diffusion.Samplers;

namespace SoraCluster.Diffusion.Tests.Samplers;

public class FlowMatchEulerSchedulerTests
{
    public static TheoryData<string> Cases =>
        new(Vectors.Read("flow_match_euler.json").GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("name").GetString()!));

    /// <summary>The vectors come from the published class itself, run by PyTorch; equality is to the last bit.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Create_LikeDiffusers_GivesTheSameBits(string name)
    {
        var (vector, scheduler) = Case(name);

        Assert.Equal(vector.Floats("sigmas"), scheduler.Sigmas);
        Assert.Equal(vector.Floats("timesteps"), scheduler.Timesteps);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Advance_LikeDiffusers_EndsAtTheSameBits(string name)
    {
        var (vector, scheduler) = Case(name);
        float[] x = [1.25f, -0.75f];
        for (var i = 0; i < scheduler.Steps; i++)
        {
            scheduler.Advance(i, x, [(float)(0.5 + (0.01 * i)), (float)(-1.0 + (0.03 * i))]);
        }

        Assert.Equal(vector.Floats("end"), x);
    }

    /// <summary>diffusers' branch for <c>stochastic_sampling</c>, written out.</summary>
    [Fact]
    public void Advance_StochasticSampling_KeepsTheCleanAndNoisesItToTheNextLevel()
    {
        var scheduler = FlowMatchEulerScheduler.Create(new FlowMatchEulerConfig(Shift: 3, StochasticSampling: true), 4);
        float[] x = [9f, 9f];
        for (var i = 0; i < scheduler.Steps; i++)
        {
            var next = scheduler.Sigmas[i + 1];

            scheduler.Advance(new() { Index = i, First = 0, Sample = x, Clean = [0.5f, -1f], Velocity = [7f, 7f], Noise = [2f, 0.25f] });

            Assert.Equal([((1 - next) * 0.5f) + (next * 2f), ((1 - next) * -1f) + (next * 0.25f)], x);
        }

        Assert.Equal([0.5f, -1f], x);
        Assert.True(scheduler.Shifted(12).IsStochastic);
    }

    /// <summary>The published quirk: with a fixed shift the last sigma before zero is shifted twice.</summary>
    [Fact]
    public void Create_FixedShift_ShiftsSigmaMinTwice()
    {
        static double shift(double sigma) => 3 * sigma / (1 + (2 * sigma));

        var scheduler = FlowMatchEulerScheduler.Create(new FlowMatchEulerConfig(Shift: 3), 24);

        Assert.Equal(shift(shift(0.001)), scheduler.Sigmas[^2], 1e-8);
        Assert.Equal(0f, scheduler.Sigmas[^1]);
    }

    [Fact]
    public void Create_DynamicShiftingWithoutMu_IsAnError() =>
        Assert.Throws<ArgumentNullException>(() => FlowMatchEulerScheduler.Create(new FlowMatchEulerConfig(UseDynamicShifting: true), 4));

    [Fact]
    public void Mu_AtTheTwoAnchors_IsBaseAndMaxShift()
    {
        var config = new FlowMatchEulerConfig();
        Assert.Equal(0.5, config.Mu(256), 1e-12);
        Assert.Equal(1.15, config.Mu(4096), 1e-12);
    }

    private static (JsonElement Vector, FlowMatchEulerScheduler Scheduler) Case(string name)
    {
        var vector = Vectors.Read("flow_match_euler.json").GetProperty("cases").EnumerateArray()
            .Single(c => c.GetProperty("name").GetString() == name);
        var config = vector.GetProperty("config").Deserialize<FlowMatchEulerConfig>(
            new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })!;
        var mu = vector.GetProperty("mu") is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : (double?)null;
        return (vector, FlowMatchEulerScheduler.Create(config, vector.GetProperty("steps").GetInt32(), mu));
    }
}
