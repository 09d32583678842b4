namespace SoraCluster.Cli.Tests;

public sealed class SimulateTests : IDisposable
{
    private readonly Sora sora = new();

    public void Dispose() => sora.Dispose();

    [Fact]
    public async Task Simulate_RandomLoadCompared_ShowsBothPoliciesOnTheSameJobs()
    {
        var run = await sora.RunAsync(
            "simulate", "--poisson", "20", "--jobs", "500", "--workers", "3", "--mix", "80:50x0.05,20:500x0.05:relaxed", "--compare");

        Assert.Equal(0, run.Status);
        Assert.Contains("step queue: 3 workers, 500 jobs", run.Output);
        Assert.Contains("first come, first served: 3 workers, 500 jobs", run.Output);
        Assert.Contains("waits of relaxed jobs", run.Output);
        Assert.False(Directory.Exists(sora.Data));
    }

    [Fact]
    public async Task Simulate_WaitWanted_SaysHowManyWorkers()
    {
        var trace = Path.Combine(sora.Folder, "jobs.csv");
        await File.WriteAllLinesAsync(trace, Enumerable.Range(0, 100).Select(i => $"{i},user-{i % 5},standard,30,0.1"));

        var run = await sora.RunAsync("simulate", "--trace", trace, "--wait", "0.5");

        // Three seconds of work arrive each second: with three workers they are full all the time, with four few share one.
        Assert.Equal(0, run.Status);
        Assert.Matches("step queue: [345] workers, 100 jobs", run.Output);
    }

    [Theory]
    [InlineData("--poisson RATE")]
    [InlineData("either", "--poisson", "1", "--trace", "x.csv")]
    [InlineData("x.csv", "--trace", "x.csv")]
    [InlineData("--poisson must be a number from 0.001", "--poisson", "NaN")]
    [InlineData("--workers must be a whole number from 1 to 10000; '0'", "--poisson", "1", "--workers", "0")]
    [InlineData("--wait must be", "--poisson", "1", "--wait", "-1")]
    [InlineData("--shared must be a number from 0 to 1;", "--poisson", "1", "--shared", "1.5")]
    [InlineData("SHARE:STEPSxSECONDS", "--poisson", "1", "--mix", "80:20x0.1,")]
    public async Task Simulate_BadOption_SaysWhatIsPossible(string said, params string[] options)
    {
        var run = await sora.RunAsync(["simulate", .. options]);

        Assert.NotEqual(0, run.Status);
        Assert.Contains(said, run.Errors);
        Assert.DoesNotContain("   at ", run.Errors);
    }
}
