using Microsoft.ML.OnnxRuntime.Tensors;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Inference.Onnx.Tests.Graphs;

namespace SoraCluster.Inference.Onnx.Tests.Wan;

/// <summary>
/// Graphs with the inputs and outputs of Wan 2.1's, tiny, with random weights. They compute in float32 whatever types they have outside, so that what
/// they give can be reckoned. The decoder is causal as Wan's is: convolutions over the frame and the two before it.
/// </summary>
internal static class WanGraphs
{
    public const int Channels = 16;
    public const int Frames = 3;
    public const int Cells = 4;
    public const int Tokens = 24;
    public const int Width = 8;
    public const int Vocabulary = 80;

    private const int Features = 6;
    private const int Scale = 8;

    public static float[] LatentsMean { get; } = Random(5, Channels, 0.2f);

    public static float[] LatentsStd { get; } = [.. Random(6, Channels, 0.1f).Select(x => 1 + Math.Abs(x))];

    /// <summary>Ids to vectors; what the mask leaves out is not zero, as in the real one.</summary>
    public static void TextEncoder(string path, WanNames names, bool takesMask)
    {
        var graph = new GraphWriter();
        var ids = graph.Input("input_ids", TensorElementType.Int64, -1, -1);
        var hidden = graph.Node("Gather", [graph.Constant(Random(1, Vocabulary * Width, 0.5f), Vocabulary, Width), ids]);
        if (takesMask)
        {
            var mask = graph.ToFloat(graph.Input("attention_mask", TensorElementType.Int64, -1, -1));
            hidden = graph.Node("Add", [hidden, graph.Node("Unsqueeze", [mask, graph.Constant(2L)])]);
        }

        graph.Output(names.Embeddings, hidden, names.Text, -1, -1, Width);
        graph.Save(path);
    }

    /// <summary>The latents' channels mixed, plus something of the time and of the text.</summary>
    public static void Transformer(string path, WanNames names, int batch)
    {
        var graph = new GraphWriter();
        var latents = graph.ToFloat(graph.Input(names.Latents, names.Numbers, batch, Channels, -1, -1, -1));
        var time = graph.ToFloat(graph.Input("timestep", names.Time, batch));
        var text = graph.ToFloat(graph.Input(names.Conditioning, names.Numbers, batch, -1, Width));
        var mixed = graph.Node("Conv", [latents, graph.Constant(Random(2, Channels * Channels, 0.1f), Channels, Channels, 1, 1, 1)]);
        var mean = graph.Node("ReduceMean", [text], ("axes", [1, 2]), ("keepdims", [0]));
        var shift = graph.Node("Add", [graph.Node("Mul", [time, graph.Constant([0.001f], 1)]), mean]);
        var sum = graph.Node("Add", [mixed, graph.Node("Unsqueeze", [shift, graph.Constant(1L, 2, 3, 4)])]);
        graph.Output(names.Prediction, sum, names.Numbers, batch, Channels, -1, -1, -1);
        graph.Save(path);
    }

    /// <summary>What that graph makes of a row, reckoned here.</summary>
    public static float[] Predict(DenoiseRow row)
    {
        var weights = Random(2, Channels * Channels, 0.1f);
        var shift = (row.Timestep * 0.001) + row.Text.Hidden.Average();
        var x = row.Latents[LatentNames.Video];
        return [.. Enumerable.Range(0, x.Length).Select(i =>
        {
            var (cell, channel) = (i / Channels, i % Channels);
            return (float)(Enumerable.Range(0, Channels).Sum(from => (double)weights[(channel * Channels) + from] * x[(cell * Channels) + from]) + shift);
        })];
    }

    /// <summary>All latent frames of a clip to all of its pictures.</summary>
    public static void Decoder(string path, WanNames names)
    {
        var graph = new GraphWriter();
        var latents = graph.ToFloat(graph.Input("latent_sample", names.Numbers, -1, Channels, -1, -1, -1));
        var pictures = Pictures(graph, Rise(graph, latents, [], null));
        var wanted = graph.Node("Slice", [pictures, graph.Constant(3L), graph.Constant(long.MaxValue), graph.Constant(2L)]);
        graph.Output("sample", wanted, names.Numbers, -1, 3, -1, -1, -1);
        graph.Save(path);
    }

    /// <summary>One latent frame, with caches from before unless it is the first; undoes the normalisation itself.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="first">Whether it is the first latent frame's.</param>
    /// <param name="cacheType">Number type of the caches.</param>
    public static void StreamingDecoder(string path, bool first, TensorElementType cacheType = TensorElementType.Float)
    {
        var graph = new GraphWriter();
        var latent = graph.Input("latent_frame", TensorElementType.Float, 1, Channels, 1, -1, -1);
        var scaled = graph.Node("Mul", [latent, graph.Constant(LatentsStd, 1, Channels, 1, 1, 1)]);
        var zz = graph.Node("Add", [scaled, graph.Constant(LatentsMean, 1, Channels, 1, 1, 1)]);
        int[][] shapes = [[1, Channels, 2, Cells, Cells], [1, Features, 2, Cells * 2, Cells * 2], [1, 1, 2, 1, 1]];
        var caches = shapes.Select((shape, i) => first
            ? graph.Constant(new float[shape.Aggregate((a, b) => a * b)], shape)
            : graph.ToFloat(graph.Input($"c{i}", cacheType, [.. shape[..3], -1, -1]))).ToArray();
        var next = new string[3];
        var pictures = Pictures(graph, Rise(graph, zz, caches, next));
        next[2] = caches[2]; // a slot that the real decoder has and does not use
        graph.Output(
            "video_frames", first ? graph.Node("Slice", [pictures, graph.Constant(3L), graph.Constant(4L), graph.Constant(2L)]) : pictures,
            TensorElementType.Float, 1, 3, -1, -1, -1);
        for (var i = 0; i < next.Length; i++)
        {
            graph.Output($"nc{i}", next[i], cacheType, [.. shapes[i][..3], -1, -1]);
        }

        graph.Save(path);
    }

    private static string Rise(GraphWriter graph, string latents, string[] caches, string[]? next)
    {
        var low = Causal(graph, latents, 3, Channels, caches.ElementAtOrDefault(0), next, 0);
        return Enlarge(graph, Causal(graph, Enlarge(graph, low, 2), 4, Features, caches.ElementAtOrDefault(1), next, 1), Scale / 2);
    }

    /// <summary>A convolution over a frame and the two before it: zeros, or what the cache holds of them.</summary>
    private static string Causal(GraphWriter graph, string x, ulong seed, int from, string? cache, string[]? next, int slot)
    {
        var weights = graph.Constant(Random(seed, Features * from * 3, 0.3f), Features, from, 3, 1, 1);
        if (cache is null)
        {
            return graph.Node("Conv", [x, weights], ("pads", [2, 0, 0, 0, 0, 0]));
        }

        var all = graph.Node("Concat", [cache, x], ("axis", [2]));
        next![slot] = graph.Node("Slice", [all, graph.Constant(-2L), graph.Constant(long.MaxValue), graph.Constant(2L)]);
        return graph.Node("Conv", [all, weights]);
    }

    private static string Enlarge(GraphWriter graph, string x, int times) =>
        graph.Node("Resize", [x, "", graph.Constant([1, 1, 1, times, times], 5)]);

    /// <summary>Four pictures of each frame.</summary>
    private static string Pictures(GraphWriter graph, string x)
    {
        var colours = graph.Node("Tanh", [graph.Node("Conv", [x, graph.Constant(Random(7, 12 * Features, 0.5f), 12, Features, 1, 1, 1)])]);
        var size = (long)Cells * Scale;
        var apart = graph.Node("Reshape", [colours, graph.Constant(1, 4, 3, -1, size, size)]);
        return graph.Node("Reshape", [graph.Node("Transpose", [apart], ("perm", [0, 2, 3, 1, 4, 5])), graph.Constant(1, 3, -1, size, size)]);
    }

    private static float[] Random(ulong seed, int count, float scale)
    {
        var values = new float[count];
        PhiloxNoise.Fill(values, seed, 0, 0);
        return Array.ConvertAll(values, value => value * scale);
    }
}
