using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
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
            Encoder = pack.Manifest.StartsFromPicture ? new ManagedClipEncoder<T>(pack, team) : null;
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

    public IClipEncoder? Encoder { get; }

    public void Dispose() => team.Dispose();

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
