using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx.Wan;

/// <summary>
/// Two graphs, one latent frame at a time, as wannx exports Wan 2.1's decoder (github.com/AkaneTendo25/wannx, tools/export_stream_vae.py):
/// <c>vae_decoder_init.onnx</c> takes the first latent frame and gives one picture and the caches <c>nc0</c>, <c>nc1</c> …; <c>vae_decoder.onnx</c>
/// takes each further one with those caches as <c>c0</c>, <c>c1</c> … and gives its pictures and the next caches. The latents' normalisation is
/// undone in the graphs. Caches stay in the device's memory.
/// </summary>
internal sealed class StreamingWanDecoder : WanDecoder
{
    private readonly OrtMemoryInfo memory;
    private readonly Graph first;
    private readonly float[] firstLatent;
    private readonly float[] firstFrames;
    private readonly Graph next;
    private readonly float[] nextLatent;
    private readonly float[] nextFrames;
    private readonly string[] caches;
    private readonly string[] nextCaches;

    public StreamingWanDecoder(Pack pack, SessionMaker sessions)
        : base(pack)
    {
        memory = sessions.Memory;
        first = new Graph(pack, PackRoles.VaeDecoder, sessions, 1, first: true);
        (firstLatent, firstFrames) = Bind(first, 1);
        next = new Graph(pack, PackRoles.VaeDecoder, sessions, 1);
        (nextLatent, nextFrames) = Bind(next, Manifest.Window.FramesPerLatent);
        first.RefuseOtherInputs();

        var names = Manifest.Components[PackRoles.VaeDecoder];
        var (from, to) = (names.TensorName("c"), names.TensorName("nc"));
        caches = [.. next.Inputs.Keys.Where(name => IsNumbered(name, from)).OrderBy(name => name.Length).ThenBy(name => name, StringComparer.Ordinal)];
        nextCaches = Array.ConvertAll(caches, name => $"{to}{name[from.Length..]}");
        next.RefuseOtherInputs(caches);
        foreach (var (cache, made) in caches.Zip(nextCaches))
        {
            CacheRules.Check(first, made, next, cache);
            CacheRules.Check(next, made, next, cache);
        }
    }

    public override void Dispose()
    {
        first.Dispose();
        next.Dispose();
    }

    protected override IEnumerable<VideoFrames> Decode(float[] latents, int count)
    {
        var length = firstLatent.Length;
        OrtValue[] state = [];
        try
        {
            for (var frame = 0; frame < count; frame++)
            {
                var (graph, latent, frames) = frame == 0 ? (first, firstLatent, firstFrames) : (next, nextLatent, nextFrames);
                Fill(latents.AsSpan(frame * length, length), latent);
                var made = graph.Run(frame == 0 ? [] : caches.Zip(state), nextCaches, memory);
                Free(state);
                state = made;
                yield return Pictures(frames, frames.Length / (3 * Manifest.Height * Manifest.Width));
            }
        }
        finally
        {
            Free(state);
        }
    }

    private (float[] Latent, float[] Frames) Bind(Graph graph, int frames)
    {
        var names = Manifest.Components[PackRoles.VaeDecoder];
        var cells = Manifest.VideoShape.Dims;
        return (graph.InputOfAnyType(names.TensorName("latent_sample"), 1, cells[3], 1, cells[1], cells[2]),
            graph.OutputOfAnyType(names.TensorName("sample"), 1, 3, frames, Manifest.Height, Manifest.Width));
    }

    private static bool IsNumbered(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static void Free(OrtValue[] values)
    {
        foreach (var value in values)
        {
            value.Dispose();
        }
    }
}
