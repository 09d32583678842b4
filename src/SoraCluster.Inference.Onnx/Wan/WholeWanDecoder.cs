using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx.Wan;

/// <summary>
/// One graph for a whole window, as optimum-onnx exports decoders: <c>latent_sample [1, C, T, H, W]</c> → <c>sample [1, 3, F, H, W]</c>. A shorter
/// clip is filled up with its last latent frame; what that adds comes after the clip, since the decoder is causal, and is dropped.
/// </summary>
internal sealed class WholeWanDecoder : WanDecoder
{
    private readonly Graph graph;
    private readonly float[] latent;
    private readonly float[] frames;

    public WholeWanDecoder(Pack pack, SessionMaker sessions)
        : base(pack)
    {
        var names = Manifest.Components[PackRoles.VaeDecoder];
        var cells = Manifest.VideoShape.Dims;
        graph = new Graph(pack, PackRoles.VaeDecoder, sessions, 1);
        latent = graph.InputOfAnyType(names.TensorName("latent_sample"), 1, cells[3], cells[0], cells[1], cells[2]);
        frames = graph.OutputOfAnyType(names.TensorName("sample"), 1, 3, Manifest.WindowFrames, Manifest.Height, Manifest.Width);
        graph.RefuseOtherInputs();
    }

    public override void Dispose() => graph.Dispose();

    protected override IEnumerable<VideoFrames> Decode(float[] latents, int count)
    {
        Fill(latents, latent);
        graph.Run();
        yield return Pictures(frames, Manifest.Window.Frames(count));
    }
}
