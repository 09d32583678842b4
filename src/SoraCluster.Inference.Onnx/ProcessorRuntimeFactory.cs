using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx;

/// <summary>Without a device: packs of the reference pack's kind run on an executor made for them, all others on ONNX Runtime.</summary>
/// <param name="joint">Runs packs whose transformer is a <c>JointTransformer</c>.</param>
/// <param name="others">Runs the others.</param>
public sealed class ProcessorRuntimeFactory(IPackRuntimeFactory joint, IPackRuntimeFactory others) : IPackRuntimeFactory
{
    /// <inheritdoc/>
    public IPackRuntime Open(Pack pack) =>
        (pack.Config<TransformerConfig>(PackRoles.Transformer) is JointTransformerConfig ? joint : others).Open(pack);
}
