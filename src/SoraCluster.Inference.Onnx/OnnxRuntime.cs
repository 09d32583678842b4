using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx;

/// <summary>One pack with a session for each of its graphs.</summary>
internal sealed class OnnxRuntime : IPackRuntime
{
    private readonly IPackRuntime others;

    public OnnxRuntime(Pack pack, SessionMaker sessions, IPackRuntimeFactory others)
    {
        Pack = pack;
        Denoiser = new OnnxDenoiser(pack, sessions);
        this.others = others.Open(pack);
        Decoder = new OnnxClipDecoder(pack, sessions, this.others.Decoder);
    }

    public Pack Pack { get; }

    public IDenoiser Denoiser { get; }

    public IClipDecoder Decoder { get; }

    public void Dispose()
    {
        Denoiser.Dispose();
        Decoder.Dispose();
        others.Dispose();
    }
}
