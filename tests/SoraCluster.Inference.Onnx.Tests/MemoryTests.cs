using Microsoft.ML.OnnxRuntime.Tensors;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Inference.Onnx.Tests.Graphs;
using SoraCluster.Inference.Onnx.Tests.Wan;

namespace SoraCluster.Inference.Onnx.Tests;

/// <summary>A pass that does not fit in memory fails by itself, and the worker can tell why; the runtime goes on.</summary>
public sealed class MemoryTests : IDisposable
{
    private readonly OnnxRuntimeFactory factory = Runtimes.Cpu();

    public void Dispose() => factory.Dispose();

    [Fact]
    public void Denoise_MoreThanThereIs_IsOutOfMemoryAndTheRuntimeGoesOn()
    {
        using var micro = WanMicroPack.Optimum();
        using var sound = factory.Open(micro.Load());
        Swell(micro.PathOf("transformer/model.onnx"));
        using var swollen = factory.Open(micro.Load());
        var rows = ClipSampler.Start(swollen.Pack, new("a cat", null, 1, 2, 1, 9), swollen.Denoiser.EncodeText).NextRows().ToArray();

        var failure = Assert.Throws<OutOfMemoryException>(() => swollen.Denoiser.Denoise(rows));

        Assert.StartsWith("transformer/model.onnx does not fit in the device's memory with 1 rows", failure.Message, StringComparison.Ordinal);
        Assert.Throws<OutOfMemoryException>(() => swollen.Denoiser.Denoise(rows));
        sound.Denoiser.Denoise(rows);
        Assert.Contains(rows[0].Prediction["video"], value => value != 0);
    }

    /// <summary>A transformer that makes four million times a million numbers on its way.</summary>
    private static void Swell(string path)
    {
        var graph = new GraphWriter();
        var latents = graph.Input("hidden_states", TensorElementType.Float, -1, WanGraphs.Channels, -1, -1, -1);
        var time = graph.Input("timestep", TensorElementType.Float, -1);
        var text = graph.ToFloat(graph.Input("encoder_hidden_states", TensorElementType.Float, -1, -1, WanGraphs.Width));
        var mean = graph.Node("ReduceMean", [text], ("keepdims", [0]));
        var much = graph.Node("Exp", [graph.Node("Expand", [graph.Node("Add", [time, mean]), graph.Constant(1L << 22, 1L << 20)])]);
        var sum = graph.Node("Add", [latents, graph.Node("ReduceMean", [much], ("keepdims", [0]))]);
        graph.Output("out_hidden_states", sum, TensorElementType.Float, -1, WanGraphs.Channels, -1, -1, -1);
        graph.Save(path);
    }
}
