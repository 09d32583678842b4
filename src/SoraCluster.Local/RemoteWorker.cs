using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Steps;
using SoraCluster.Inference.Managed;
using SoraCluster.Media;
using SoraCluster.Worker;
using SoraCluster.Worker.Artifacts;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Engine;
using SoraCluster.Worker.Packs;
using SoraCluster.Worker.Remote;

namespace SoraCluster.Local;

/// <summary>
/// A worker that only dials out: it pulls jobs from a gateway, runs them on this machine's processor, and stores through the
/// gateway. A gap in the network costs time and no steps.
/// </summary>
public static class RemoteWorker
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Works until <paramref name="stopping"/>; then what it runs is checkpointed and given back.</summary>
    /// <exception cref="GatewayException">The gateway refuses this worker: of no use to try again.</exception>
    /// <exception cref="NoPackException">No pack can be used.</exception>
    /// <exception cref="MediaException">There is no ffmpeg.</exception>
    /// <exception cref="ArgumentException">The gateway's address is not one that a token may be sent to.</exception>
    /// <exception cref="ValidationException">An option is out of range; names it.</exception>
    public static async Task RunAsync(RemoteWorkerOptions options, CancellationToken stopping)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var clock = TimeProvider.System;
        using var gateway = new GatewayClient(options.Remote, clock);
        FfmpegLocator.Locate(options.Media);
        var packs = PackLibrary.Load(PackFolders.Find(options.PackFolders));
        foreach (var problem in packs.Problems)
        {
            options.Tell($"{problem.Folder}: {problem.Message}");
        }

        var source = new ToldSource(new HttpStepSource(gateway), options.Remote.Gateway, options.Tell);
        var id = $"remote-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        if (!await GreetAsync(source, id, packs, clock, stopping))
        {
            return;
        }

        var scratch = Directory.CreateTempSubdirectory("sora-worker-").FullName;
        try
        {
            await WorkAsync(options, source, new HttpArtifactStore(gateway), packs, id, scratch, clock, stopping);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>Asks for nothing, to see whether the gateway takes this worker; waits while it is out of reach.</summary>
    /// <returns>False when it is to stop.</returns>
    private static async Task<bool> GreetAsync(
        ToldSource source, string id, PackLibrary packs, TimeProvider clock, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await source.PullAsync(new(id, [.. packs.Packs.Select(p => p.Manifest.Id)], 0, null, null, TimeSpan.Zero), stopping);
                return true;
            }
            catch (GatewayException e) when (e.Passing)
            {
                await Task.Delay(Pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
            }
        }

        return false;
    }

    private static async Task WorkAsync(
        RemoteWorkerOptions options, IStepSource source, IArtifactStore store, PackLibrary packs, string id, string scratch,
        TimeProvider clock, CancellationToken stopping)
    {
        var learned = new FileArtifactStore(Path.Combine(options.Folder, "artifacts"), Path.Combine(options.Folder, "partial"));
        var costs = await CostProfile.LoadAsync(learned, LocalWork.ProfileKey, CancellationToken.None);
        await using var services = new ServiceCollection()
            .AddMetrics()
            .AddLogging(options.Logging ?? (logging => logging.ClearProviders()))
            .AddSingleton<WorkerInstruments>()
            .BuildServiceProvider();
        using var engine = new PackEngine(
            packs.Packs, new ManagedRuntimeFactory(options.Threads), new ClipPackager(options.Media, scratch, clock), clock);
        var worker = new WorkerOptions { WorkerId = id, MaxJobs = options.MaxJobs, ReportPause = WorkerOptions.NetworkReportPause }
            .WithCheckpointEvery(options.CheckpointEvery);
        var loop = new WorkerLoop(
            source, store, engine, costs, worker, clock,
            services.GetRequiredService<WorkerInstruments>(), services.GetRequiredService<ILogger<WorkerLoop>>());
        await loop.RunAsync(stopping);
        try
        {
            await costs.SaveAsync(learned, LocalWork.ProfileKey, CancellationToken.None);
        }
        catch (ArtifactStoreException failure)
        {
            options.Tell($"What was learned about this device could not be kept: {failure.Message}");
        }
    }
}
