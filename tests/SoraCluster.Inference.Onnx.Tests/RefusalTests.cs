using SoraCluster.Diffusion.Packs;
using SoraCluster.Testing;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Inference.Onnx.Tests;

/// <summary>Packs and machines that this backend cannot use: what is wrong is said, with the file.</summary>
public sealed class RefusalTests : IDisposable
{
    private const string Manifest = "pack.json";
    private const string Graph = "transformer/model.onnx";

    private readonly TemporaryFolder folder = new();
    private readonly OnnxRuntimeFactory factory = Runtimes.Cpu();

    [Fact]
    public void Open_PackWithoutGraphs_NamesThePart()
    {
        using var micro = MicroPack.Create();

        var refused = Assert.Throws<PackException>(() => factory.Open(micro.Load()));

        Assert.Equal("Pack refused: pack.json: expected a graph for text_encoder, which this backend runs, found none.", refused.Message);
    }

    [Fact]
    public void Open_DamagedGraph_NamesTheFile()
    {
        var pack = Copy();
        File.WriteAllBytes(Path.Combine(pack, Graph), [1, 2, 3]);

        var refused = Assert.Throws<PackException>(() => factory.Open(Pack.Load(pack)));

        Assert.Equal((Graph, "a graph that ONNX Runtime can load"), (refused.File, refused.Expected));
    }

    [Fact]
    public void Load_GraphIsMissing_NamesTheFile()
    {
        var pack = Copy();
        File.Delete(Path.Combine(pack, Graph));

        Assert.Equal(Graph, Assert.Throws<PackException>(() => Pack.Load(pack)).File);
    }

    [Fact]
    public void Open_GraphOfAnotherPart_NamesTheTensorAndItsShape()
    {
        var pack = Copy();
        File.Copy(Path.Combine(pack, "text_encoder/model.onnx"), Path.Combine(pack, "text_encoder/other.onnx"));
        Edit(pack, $"\"{Graph}\"", "\"text_encoder/other.onnx\"");

        var refused = Assert.Throws<PackException>(() => factory.Open(Pack.Load(pack)));

        Assert.Equal(("text_encoder/other.onnx", "hidden_states"), (refused.File, refused.Tensor));
        Assert.Equal(("an input of Single and shape [1, 4, 8, 8, 24]", "only input_ids"), (refused.Expected, refused.Found));
    }

    [Fact]
    public void Create_CudaOrNothing_SaysWhyThereIsNone()
    {
        using var chosen = new OnnxRuntimeFactory(new OnnxOptions(), new Inference.Managed.ManagedRuntimeFactory(1));
        if (chosen.Device == OnnxDevice.Cuda)
        {
            return; // This machine has one: there is nothing to refuse.
        }

        var refused = Assert.Throws<PlatformNotSupportedException>(
            () => new OnnxRuntimeFactory(new OnnxOptions { Device = OnnxDevice.Cuda }, new Inference.Managed.ManagedRuntimeFactory(1)));

        Assert.StartsWith("There is no CUDA device that ONNX Runtime can use: ", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(chosen.NoCuda!);
    }

    public void Dispose()
    {
        factory.Dispose();
        folder.Dispose();
    }

    /// <summary>The reference pack, to be damaged.</summary>
    private string Copy()
    {
        var source = Repository.PathOf("models", "tiny");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder.Path, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return folder.Path;
    }

    private static void Edit(string pack, string before, string after)
    {
        var manifest = File.ReadAllText(Path.Combine(pack, Manifest));
        Assert.Contains(before, manifest);
        File.WriteAllText(Path.Combine(pack, Manifest), manifest.Replace(before, after, StringComparison.Ordinal));
    }
}
