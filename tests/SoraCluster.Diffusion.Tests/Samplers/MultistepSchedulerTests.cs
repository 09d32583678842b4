using System.Text.Json;
using SoraCluster.Diffusion.Samplers;

namespace SoraCluster.Diffusion.Tests.Samplers;

/// <summary>The vectors come from the published classes themselves (record_solvers.py; each file names its version).</summary>
public class MultistepSchedulerTests
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var file in (string[])["unipc.json", "dpm_solver.json"])
            {
                foreach (var vector in Vectors.Read(file).GetProperty("cases").EnumerateArray())
                {
                    cases.Add(file, vector.GetProperty("name").GetString()!);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CreateScheduler_LikeDiffusers_GivesTheSameBits(string file, string name)
    {
        var (vector, _, scheduler) = Case(file, name);

        Assert.Equal(vector.Floats("sigmas"), scheduler.Sigmas);
        Assert.Equal(vector.Floats("timesteps"), scheduler.Timesteps);
    }

    /// <summary>diffusers computes in float32; the vectors are the same formula in float64, which ours equals to float32's precision.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Advance_LikeDiffusers_TakesTheSamePath(string file, string name)
    {
        var (vector, config, scheduler) = Case(file, name);
        var first = vector.GetProperty("begin").GetInt32();
        float[] x = [1.25f, -0.75f, 0.1f];
        var memory = new float[x.Length * config.MemoryPerElement];
        memory.AsSpan().Fill(float.NaN); // what lies there before the first step means nothing
        for (var i = first; i < scheduler.Timesteps.Count; i++)
        {
            double[] terms = [0.5 + (0.01 * i), -1 + (0.03 * i), i % 2 == 0 ? 0.2 : -0.2];
            var velocity = x.Zip(terms, (value, term) => (float)((0.4 * value) - term)).ToArray();
            var clean = x.Zip(velocity, (value, v) => (float)(value - ((double)scheduler.Sigmas[i] * v))).ToArray();

            scheduler.Advance(new() { Index = i, First = first, Sample = x, Clean = clean, Velocity = velocity, Memory = memory });

            var expected = vector.GetProperty("path")[i - first].EnumerateArray().Select(value => value.GetDouble());
            Assert.All(expected.Zip(x), pair => Assert.Equal(pair.First, pair.Second, 2e-6));
        }
    }

    /// <summary>Constant velocity is what every solver of rectified flows integrates exactly: x ends as the clean latents.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Advance_StraightPath_EndsAtTheCleanLatents(string file, string name)
    {
        var (_, config, scheduler) = Case(file, name);
        float[] clean = [0.25f, -1.5f];
        float[] noise = [1.75f, 0.5f];
        var velocity = noise.Zip(clean, (n, c) => n - c).ToArray();
        var x = clean.Zip(velocity, (c, v) => c + (scheduler.Sigmas[0] * v)).ToArray();
        var memory = new float[x.Length * config.MemoryPerElement];
        for (var i = 0; i < scheduler.Timesteps.Count; i++)
        {
            scheduler.Advance(new() { Index = i, First = 0, Sample = x, Clean = clean, Velocity = velocity, Memory = memory });
            Assert.All(x.Index(), at => Assert.Equal(clean[at.Index] + (scheduler.Sigmas[i + 1] * velocity[at.Index]), at.Item, 1e-5));
        }
    }

    [Theory]
    [InlineData("unipc.json")]
    [InlineData("dpm_solver.json")]
    public void Shifted_ManyTimes_StaysBelowOne(string file)
    {
        var shifted = Case(file, "two steps").Scheduler.Shifted(100);

        Assert.InRange(shifted.Sigmas[0], 0.999f, 0.99999994f);
        Assert.InRange(shifted.Sigmas[1], 0.95f, 0.999f);
        Assert.Equal(0f, shifted.Sigmas[2]);
    }

    private static (JsonElement Vector, SchedulerConfig Config, IScheduler Scheduler) Case(string file, string name)
    {
        var vector = Vectors.Read(file).GetProperty("cases").EnumerateArray().Single(each => each.GetProperty("name").GetString() == name);
        SchedulerConfig config = file == "unipc.json"
            ? vector.GetProperty("config").Deserialize<UniPcConfig>(SnakeCase)!
            : vector.GetProperty("config").Deserialize<DpmSolverConfig>(SnakeCase)!;
        return (vector, config, config.CreateScheduler(vector.GetProperty("steps").GetInt32(), 0));
    }
}
