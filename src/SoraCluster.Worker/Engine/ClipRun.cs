using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Samplers;

namespace SoraCluster.Worker.Engine;

/// <summary>A sampler and the runtime that it runs on.</summary>
internal sealed class ClipRun(ClipSampler sampler, IPackRuntime runtime) : IClipRun
{
    public ClipSampler Sampler => sampler;

    public IPackRuntime Runtime => runtime;

    public string BatchKey { get; } = sampler.BatchKey;

    public int Rows => sampler.RowsPerStep;

    public int Step => sampler.Step;

    public int TotalSteps => sampler.TotalSteps;

    public bool Done => sampler.Done;

    public IReadOnlyList<string> UnknownWords => sampler.Prompt.UnknownWords;

    public long Bytes { get; } = sampler.Bytes;

    public void Save(Stream destination) => sampler.Save(destination);

    public void Dispose()
    {
        // Managed memory only; the runtime belongs to the engine.
    }
}
