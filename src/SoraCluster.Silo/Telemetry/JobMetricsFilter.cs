using SoraCluster.Domain.Jobs;

namespace SoraCluster.Silo.Telemetry;

/// <summary>Counts submissions by their answers.</summary>
internal sealed class JobMetricsFilter(JobInstruments instruments) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await context.Invoke();
        if (context.Result is SubmitAnswer answer && context.Request.GetArgument(0) is JobSpec spec)
        {
            instruments.Submitted(spec, answer);
        }
    }
}
