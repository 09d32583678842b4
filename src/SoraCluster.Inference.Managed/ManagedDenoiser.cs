using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;
using SoraCluster.Inference.Managed.Transformer;

namespace SoraCluster.Inference.Managed;

/// <summary>The text encoder and the joint transformer.</summary>
internal sealed class ManagedDenoiser<T> : IDenoiser
    where T : struct, ILanes<T>
{
    private readonly TextEncoder<T> encoder;
    private readonly JointTransformer<T> transformer;
    private readonly DenoiseRowRules rules;

    public ManagedDenoiser(Pack pack, ThreadTeam team)
    {
        Pack = pack;
        var text = pack.Config<TextEncoderConfig>(PackRoles.TextEncoder);
        rules = new DenoiseRowRules(pack);
        using (var weights = pack.OpenWeights(PackRoles.TextEncoder))
        {
            encoder = new TextEncoder<T>(text, weights);
        }

        using (var weights = pack.OpenWeights(PackRoles.Transformer))
        {
            var config = pack.Config<JointTransformerConfig>(PackRoles.Transformer);
            transformer = new JointTransformer<T>(pack.Manifest, config, weights, team);
        }
    }

    public Pack Pack { get; }

    public int MaxBatch => Pack.Manifest.MaxBatch;

    public TextConditioning EncodeText(IReadOnlyList<int> tokenIds) => encoder.Encode(tokenIds);

    public void Denoise(ReadOnlySpan<DenoiseRow> rows)
    {
        rules.Check(rows);
        transformer.Run(rows);
    }

    public void Dispose()
    {
    }
}
