using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Jobs;
using SoraCluster.Domain.State;
using SoraCluster.Domain.Steps;
using SoraCluster.Silo.Roles;

namespace SoraCluster.Silo.Jobs;

/// <summary>
/// Sweeps as long as it is active, and a reminder makes sure that it is active somewhere: when the silo that had it dies, it
/// sweeps on another within a minute, or as soon as somebody rings.
/// </summary>
[OnControlSilos, GrainType("sweep"), KeepAlive]
public sealed partial class SweepGrain(
    IGrainContext context, IJobIndex index, IEntities entities, TimeProvider clock, SweepOptions options, ILogger<SweepGrain> logger)
    : IGrainBase, ISweepGrain, IRemindable
{
    private const string Reminder = "sweep";

    /// <summary>The shortest that Orleans allows.</summary>
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private readonly QueueBell bell = new(clock);
    private readonly CancellationTokenSource stop = new();
    private Task sweeping = Task.CompletedTask;

    public IGrainContext GrainContext => context;

    public async Task OnActivateAsync(CancellationToken token)
    {
        sweeping = new Sweep(index, entities, bell, clock, options).RunAsync(Told, stop.Token);
        await this.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod, token);
    }

    public async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token)
    {
        await stop.CancelAsync();
        await sweeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    public Task RingAsync()
    {
        bell.Ring(Sweep.Bell);
        return Task.CompletedTask;
    }

    /// <summary>Being called is all: it made the grain active.</summary>
    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    private void Told(SweepReport report)
    {
        if (report.Failed > 0)
        {
            SweepFailed(report.Failed, report.Error);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Failed} jobs could not be looked after; the next sweep tries again.")]
    private partial void SweepFailed(int failed, Exception? error);
}
