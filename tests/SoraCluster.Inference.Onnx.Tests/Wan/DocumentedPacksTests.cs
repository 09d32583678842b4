using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SoraCluster.Testing;

namespace SoraCluster.Inference.Onnx.Tests.Wan;

/// <summary>The pack.json files in docs/packs.md, at the generated packs' sizes, load.</summary>
public sealed partial class DocumentedPacksTests : IDisposable
{
    private readonly OnnxRuntimeFactory factory = Runtimes.Cpu();

    public void Dispose() => factory.Dispose();

    [Fact]
    public void Open_OptimumExample_Runs()
    {
        using var micro = WanMicroPack.Optimum();

        Open(micro, Blocks()[0], maxBatch: 2);
    }

    [Fact]
    public void Open_FlatExample_Runs()
    {
        using var micro = WanMicroPack.Flat();
        var manifest = Blocks()[0];
        foreach (var (role, component) in Blocks()[1])
        {
            manifest["components"]![role] = component!.DeepClone();
        }

        Open(micro, manifest, maxBatch: 1);
    }

    private void Open(WanMicroPack micro, JsonObject manifest, int maxBatch)
    {
        manifest["max_batch"] = maxBatch;
        micro.Edit("pack.json", own =>
        {
            foreach (var size in (string[])["width", "height", "max_frames", "text_length", "latents"])
            {
                manifest[size] = own[size]!.DeepClone();
            }
        });
        File.WriteAllText(micro.PathOf("pack.json"), manifest.ToJsonString());

        using var runtime = factory.Open(micro.Load());

        Assert.Equal(maxBatch, runtime.Denoiser.MaxBatch);
    }

    /// <summary>The JSON of the page; one that is a part of an object is made one.</summary>
    private static JsonObject[] Blocks()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "packs.md"));
        return [.. Block().Matches(page).Select(block => block.Groups[1].Value).Select(
            json => JsonNode.Parse(json.StartsWith('{') ? json : $"{{{json}}}")!.AsObject())];
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
