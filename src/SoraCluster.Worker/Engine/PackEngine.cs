using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Worker.Engine;

/// <summary>
/// Runs packs on one device. Text encoding and denoising have a thread of their own, decoding has another. A pack is made
/// ready when its first job comes, and stays so.
/// </summary>
/// <param name="packs">The packs it offers; their ids differ.</param>
/// <param name="backend">What runs them.</param>
/// <param name="packager">What finishes clips.</param>
/// <param name="clock">Measures the steps.</param>
public sealed class PackEngine(
    IReadOnlyCollection<Pack> packs, IPackRuntimeFactory backend, ClipPackager packager, TimeProvider clock) : IStepEngine, IDisposable
{
    private readonly DeviceThread device = new("sora device");
    private readonly DeviceThread decoding = new("sora decoding");
    private readonly Dictionary<string, Pack> packs = packs.ToDictionary(pack => pack.Manifest.Id);
    private readonly ConcurrentDictionary<string, IPackRuntime> runtimes = new();
    private readonly List<DenoiseRow> rows = [];

    public IReadOnlyList<string> Packs { get; } = [.. packs.Select(pack => pack.Manifest.Id)];

    public int MaxRows(string pack) =>
        runtimes.TryGetValue(pack, out var runtime) ? runtime.Denoiser.MaxBatch : packs[pack].Manifest.MaxBatch;

    /// <inheritdoc/>
    public async Task<IClipRun> OpenAsync(
        JobSpec spec, Stream? checkpoint, IReadOnlyList<Stream> sources, CancellationToken cancellation)
    {
        if (checkpoint is not null)
        {
            return await device.RunAsync(() => Restore(spec, checkpoint), cancellation);
        }

        var pack = packs[spec.Pack];
        var settings = ClipRequests.ToSettings(spec, pack.Manifest);
        if (spec.InputArtifact is null)
        {
            return await device.RunAsync(() => Start(settings, Runtime(spec.Pack), [.. sources.Select(source => ClipLatents.Read(source, pack))]), cancellation);
        }

        var upload = await UploadAsync(settings, sources[0], pack, cancellation);
        return await device.RunAsync(() => Start(settings, Runtime(spec.Pack), [upload(Runtime(spec.Pack))]), cancellation);
    }

    /// <inheritdoc/>
    public Task<StepOutcome> StepAsync(IReadOnlyList<IClipRun> runs) => device.RunAsync(() => Step(runs));

    /// <inheritdoc/>
    public Task<IFinishedClip> FinishAsync(JobSpec spec, IClipRun run, CancellationToken cancellation)
    {
        var clip = (ClipRun)run;
        return Task.Run(() => packager.PackageAsync(spec, clip.Sampler, clip.Runtime, decoding, cancellation), cancellation);
    }

    /// <summary>Waits for the step under way; nothing may be decoded any more.</summary>
    public void Dispose()
    {
        device.Dispose();
        decoding.Dispose();
        foreach (var runtime in runtimes.Values)
        {
            runtime.Dispose();
        }
    }

    private static ClipRun Start(ClipSettings settings, IPackRuntime runtime, IReadOnlyList<LatentSet> sources) =>
        new(ClipSampler.Start(runtime.Pack, settings, runtime.Denoiser.EncodeText, sources), runtime);

    /// <summary>Reads what was uploaded; what comes of it encodes that, on the device's thread.</summary>
    private async Task<Func<IPackRuntime, LatentSet>> UploadAsync(ClipSettings settings, Stream file, Pack pack, CancellationToken cancellation)
    {
        if (settings.Source is not { Use: not SourceUse.Picture } source)
        {
            var picture = await packager.ReadPictureAsync(file, pack.Manifest, cancellation);
            return runtime => UploadLatents.OfPicture(picture, runtime);
        }

        var shapes = ClipSampler.SourceShapesOf(pack, settings);
        var frames = shapes[0].Dims[0] * pack.Manifest.Window.FramesPerLatent;
        var (rgb, samples) = await packager.ReadClipAsync(file, pack.Manifest, frames, cancellation);
        var heard = source.Frames * pack.Manifest.SampleRate / pack.Manifest.FrameRate;
        return runtime => UploadLatents.OfClip(rgb, samples.AsSpan(0, heard), shapes, runtime);
    }

    private ClipRun Restore(JobSpec spec, Stream checkpoint)
    {
        var runtime = Runtime(spec.Pack);
        var sampler = ClipSampler.Restore(runtime.Pack, checkpoint, runtime.Denoiser.EncodeText);
        return sampler.Settings == ClipRequests.ToSettings(spec, runtime.Pack.Manifest)
            ? new ClipRun(sampler, runtime)
            : throw new CheckpointException("Checkpoint refused: it is one of another clip.");
    }

    private IPackRuntime Runtime(string pack)
    {
        if (!runtimes.TryGetValue(pack, out var runtime))
        {
            runtime = backend.Open(packs[pack]);
            runtimes[pack] = runtime;
        }

        return runtime;
    }

    private StepOutcome Step(IReadOnlyList<IClipRun> runs)
    {
        var started = clock.GetTimestamp();
        try
        {
            rows.Clear();
            foreach (var run in runs)
            {
                rows.AddRange(((ClipRun)run).Sampler.NextRows());
            }

            Denoise(((ClipRun)runs[0]).Runtime.Denoiser);
        }
        catch (Exception e)
        {
            return new StepOutcome(clock.GetElapsedTime(started), e, []);
        }

        var faults = runs.Select(run => Apply((ClipRun)run)).ToArray();
        return new StepOutcome(clock.GetElapsedTime(started), null, faults);
    }

    /// <summary>One pass, or as many as the denoiser's own limit asks for.</summary>
    private void Denoise(IDenoiser denoiser)
    {
        var all = CollectionsMarshal.AsSpan(rows);
        while (all.Length > 0)
        {
            var count = Math.Min(denoiser.MaxBatch, all.Length);
            denoiser.Denoise(all[..count]);
            all = all[count..];
        }
    }

    private static Exception? Apply(ClipRun run)
    {
        try
        {
            run.Sampler.Apply();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
