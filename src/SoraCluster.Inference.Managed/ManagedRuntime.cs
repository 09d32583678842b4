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

    public void Dispose() => team.Dispose();

    /// <summary>The kernels want whole vectors: widths in multiples of 32, heads of 16.</summary>
    private static void CheckShape(Pack pack)
    {
        Check(PackRoles.TextEncoder, pack.Config<TextEncoderConfig>(PackRoles.TextEncoder) is var text
            ? (text.HiddenSize, text.NumHeads) : default);
        Check(PackRoles.Transformer, pack.Config<JointTransformerConfig>(PackRoles.Transformer) is var joint
            ? (joint.HiddenSize, joint.NumHeads) : default);

        void Check(string role, (int Width, int Heads) shape)
        {
            if (shape.Width % 32 != 0 || shape.Width / shape.Heads % ILanes<T>.Count != 0)
            {
                throw new PackException(
                    pack.Manifest.Components[role].Config, null,
                    "for this executor a hidden_size in multiples of 32 and heads in multiples of 16",
                    $"{shape.Width} and {shape.Width / shape.Heads}");
            }
        }
    }
}
