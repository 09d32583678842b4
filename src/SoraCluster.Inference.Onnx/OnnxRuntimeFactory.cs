using System.ComponentModel.DataAnnotations;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx;

/// <summary>Runs packs' ONNX graphs, on a CUDA device or on the processor.</summary>
public sealed class OnnxRuntimeFactory : IPackRuntimeFactory, IDisposable
{
    private readonly SessionMaker sessions;
    private readonly IPackRuntimeFactory others;

    /// <param name="options">Checked here.</param>
    /// <param name="others">Runs the parts that are no graphs: the vocoder.</param>
    /// <exception cref="ValidationException">An option is out of range.</exception>
    /// <exception cref="PlatformNotSupportedException"><see cref="OnnxDevice.Cuda"/> was asked for and cannot be had; says why.</exception>
    public OnnxRuntimeFactory(OnnxOptions options, IPackRuntimeFactory others)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        sessions = new SessionMaker(options);
        this.others = others;
    }

    /// <summary>Where graphs run, never <see cref="OnnxDevice.Auto"/>.</summary>
    public OnnxDevice Device => sessions.Device;

    /// <summary>Why <see cref="OnnxDevice.Auto"/> came to be the processor; null when it did not.</summary>
    public string? NoCuda => sessions.NoCuda;

    /// <inheritdoc/>
    public IPackRuntime Open(Pack pack) => new OnnxRuntime(pack, sessions, others);

    public void Dispose() => sessions.Dispose();
}
