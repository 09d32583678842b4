using SoraCluster.Domain.Jobs;
using SoraCluster.Testing.Hosting;
using static SoraCluster.Testing.Hosting.TestCluster;

namespace SoraCluster.Domain.Tests.Jobs;

/// <summary>The job <c>a</c> of the user <c>ann</c>, who may make two.</summary>
public abstract class GenerationJobFixture
{
    private protected readonly TestCluster cluster = new() { Quotas = new() { Limit = 2 } };

    protected IGenerationJob A => cluster.Job("a");

    protected async Task RunAsync()
    {
        await A.SubmitAsync(Spec("a"));
        await A.AcquireAsync(new("w1"));
        await A.ReportAsync(new(1, JobStage.Denoise, 1, 20, 0.1));
    }

    protected async Task<int> UsedAsync() => (await cluster.User("ann").GetAllowanceAsync()).Used;
}
