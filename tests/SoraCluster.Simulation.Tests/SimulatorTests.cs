using SoraCluster.Simulation.Checks;

namespace SoraCluster.Simulation.Tests;

/// <summary>
/// A short run of the simulator; the long one is <c>dotnet run --project tests/SoraCluster.Simulation -- --seeds 100000</c>.
/// </summary>
public sealed class SimulatorTests
{
    [Fact]
    public void Run_ManySeedsWithAllFaults_NothingBreaks()
    {
        var accepted = 0;
        for (var seed = 1; seed <= 150; seed++)
        {
            var result = Simulator.Run(seed, new());
            Assert.True(
                result.Broken is null,
                $"seed {seed}: {result.Broken?.Message}; replay: dotnet run --project tests/SoraCluster.Simulation -- --first {seed} --seeds 1");
            Assert.Equal(result.Accepted, Math.Min(result.Accepted, result.Ended));
            accepted += result.Accepted;
        }

        Assert.True(accepted > 500, $"only {accepted} jobs were accepted: the run shows little");
    }

    /// <summary>
    /// Half of all reads are damaged, workers die often, and news are slow, so what is stored is often further than what the job
    /// knows. Seed 57616 of the drawn worlds found first what goes wrong then.
    /// </summary>
    [Fact]
    public void Run_DamagedReadsAndDyingWorkers_LosesNoMoreThanTheInterval()
    {
        var settings = new SimSettings
        {
            MaxSteps = 40,
            Faults = random => new() { Rot = 0.5, Lag = TimeSpan.FromSeconds(2), WorkerKills = 100 + random.Next(300), Nodes = 1 },
        };
        for (var seed = 1; seed <= 300; seed++)
        {
            var result = Simulator.Run(seed, settings);
            Assert.True(result.Broken is null, $"seed {seed}: {result.Broken?.Message}");
        }
    }

    [Fact]
    public void Run_SameSeed_IsTheSameRun()
    {
        foreach (var seed in new[] { 3, 14, 15 })
        {
            var (one, two) = (Simulator.Run(seed, new()), Simulator.Run(seed, new()));

            Assert.Equal((one.Trace, one.Events, one.VirtualTime), (two.Trace, two.Events, two.VirtualTime));
            Assert.NotEqual(one.Trace, Simulator.Run(seed + 1, new()).Trace);
        }
    }

    [Theory]
    [InlineData(PlantedBug.NoFence, "I3")]
    [InlineData(PlantedBug.DoubleRefund, "I2")]
    [InlineData(PlantedBug.NoRefund, "I2")]
    [InlineData(PlantedBug.LateCheckpoints, "I4")]
    [InlineData(PlantedBug.MixedRows, "I5")]
    [InlineData(PlantedBug.NoIsolation, "I8")]
    [InlineData(PlantedBug.Starvation, "I9")]
    public void Run_BugPlanted_IsFoundAndReplays(PlantedBug bug, string invariant)
    {
        var settings = new SimSettings { Bug = bug };
        var found = Enumerable.Range(1, 100).Select(seed => Simulator.Run(seed, settings)).FirstOrDefault(r => r.Broken is not null);

        Assert.True(found is not null, $"{bug} was not found in 100 seeds");
        var broken = Assert.IsType<InvariantBrokenException>(found.Broken);
        Assert.Equal(invariant, broken.Invariant);
        Assert.Equal(broken.Message, Simulator.Run(found.Seed, settings).Broken!.Message);
    }
}
