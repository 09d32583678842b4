using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Onnx.Wan;

namespace SoraCluster.Inference.Onnx;

/// <summary>One pack with a session for each of its graphs.</summary>
internal sealed class OnnxRuntime : IPackRuntime
{
    private readonly Stack<IDisposable> parts = new();

    /// <exception cref="PackException">The pack is of a kind that this backend cannot run, or a graph is not what the pack says.</exception>
    public OnnxRuntime(Pack pack, SessionMaker sessions, IPackRuntimeFactory others)
    {
        Pack = pack;
        try
        {
            if (pack.Config<TransformerConfig>(PackRoles.Transformer) is WanTransformerConfig)
            {
                Denoiser = Own(new WanDenoiser(pack, sessions));
                Decoder = Own(WanDecoder.Open(pack, sessions));
            }
            else
            {
                Denoiser = Own(new OnnxDenoiser(pack, sessions));
                var other = Own(others.Open(pack));
                Decoder = Own(new OnnxClipDecoder(pack, sessions, other.Decoder));
                Encoder = other.Encoder; // once a clip, if at all: no graph is made for that
            }
        }
        catch
        {
            Dispose(); // no device memory stays taken by a pack that was refused
            throw;
        }
    }

    public Pack Pack { get; }

    public IDenoiser Denoiser { get; }

    public IClipDecoder Decoder { get; }

    public IClipEncoder? Encoder { get; }

    public void Dispose()
    {
        while (parts.TryPop(out var part))
        {
            part.Dispose();
        }
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        parts.Push(part);
        return part;
    }
}
