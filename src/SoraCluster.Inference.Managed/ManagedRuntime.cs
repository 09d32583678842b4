using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Autoencoder;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;

namespace SoraCluster.Inference.Managed;

/// <summary>One pack with its weights packed, its threads and its workspace.</summary>
internal sealed class ManagedRuntime<T> : IPackRuntime
    where T : struct, ILanes<T>
{
    private readonly ThreadTeam team;

    public ManagedRuntime(Pack pack, int threads)
    {
        Pack = pack;
        CheckShape(pack);
        team = new ThreadTeam(threads);
        try
        {
            Denoiser = new ManagedDenoiser<T>(pack, team);
            Decoder = new ManagedClipDecoder<T>(pack, team);
            Encoder = pack.Manifest.StartsFromPicture ? OpenEncoder() : null;
        }
        catch
        {
            team.Dispose();
            throw;
        }
    }

    public Pack Pack { get; }

    public IDenoiser Denoiser { get; }

    public IClipDecoder Decoder { get; }

    public IFrameEncoder? Encoder { get; }

    public void Dispose() => team.Dispose();

    private FrameEncoder<T> OpenEncoder()
    {
        using var weights = Pack.OpenWeights(PackRoles.VaeEncoder);
        return new FrameEncoder<T>(Pack.Manifest, Pack.Config<FrameEncoderConfig>(PackRoles.VaeEncoder), weights, team);
    }

    /// <summary>The kernels want whole vectors: widths in multiples of 32, heads of 16.</summary>
    private static void CheckShape(Pack pack)
    {
        var text = pack.Config<TextEncoderConfig>(PackRoles.TextEncoder);
        Check(PackRoles.TextEncoder, text.HiddenSize, text.NumHeads);
        var joint = pack.Config<JointTransformerConfig>(PackRoles.Transformer);
        Check(PackRoles.Transformer, joint.HiddenSize, joint.NumHeads);

        void Check(string role, int width, int heads)
        {
            if (width % 32 != 0 || width / heads % ILanes<T>.Count != 0)
            {
                throw new PackException(
                    pack.Manifest.Components[role].Config, null,
                    "for this executor a hidden_size in multiples of 32 and heads in multiples of 16",
                    $"{width} and {width / heads}");
            }
        }
    }
}
