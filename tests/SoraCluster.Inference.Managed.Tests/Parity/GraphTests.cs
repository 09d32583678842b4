using System.Text.Json;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Testing;
using SoraCluster.Testing.Denoisers;
using SoraCluster.Testing.Node;

namespace SoraCluster.Inference.Managed.Tests.Parity;

/// <summary>
/// The pack's ONNX graphs, which share its weights' files, in an ONNX Runtime that knows nothing of this project (the npm package
/// <c>onnxruntime-node</c>), and this executor, on the same inputs.
/// </summary>
public sealed class GraphTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Pack pack = Pack.Load(Repository.PathOf("models", "tiny"));
    private readonly IPackRuntime runtime;

    public GraphTests() => runtime = new ManagedRuntimeFactory(2).Open(pack);

    public void Dispose()
    {
        runtime.Dispose();
        folder.Dispose();
    }

    [NodeFact]
    public async Task TextEncoder_RecordedPrompts_GivesTheSameVectors()
    {
        using var file = RecordedVectors.Open("text_encoder");
        var ids = RecordedVectors.Table(file, "ids");

        var outputs = await RunAsync(PackRoles.TextEncoder, ("input_ids", Tensor(file, "ids", "int64")));

        for (var i = 0; i < ids.Length; i++)
        {
            var text = runtime.Denoiser.EncodeText([.. ids[i].Select(id => (int)id)]);
            RecordedVectors.AssertClose(text.Hidden, outputs["last_hidden_state"][i], $"hidden {i}");
            RecordedVectors.AssertClose(text.Pooled, outputs["pooled"][i], $"pooled {i}");
        }
    }

    /// <summary>Three rows with different times in one batch, and each of them in a batch of its own.</summary>
    [NodeFact]
    public async Task Transformer_RecordedRows_GivesTheSamePredictions()
    {
        using var file = RecordedVectors.Open("transformer");
        var rows = RecordedVectors.TransformerRows(file);
        runtime.Denoiser.Denoise(rows);

        var together = await RunAsync(PackRoles.Transformer, Inputs(file, 0..rows.Length));
        var alone = await RunAsync(PackRoles.Transformer, Inputs(file, 2..3));

        for (var i = 0; i < rows.Length; i++)
        {
            AssertSame(rows[i], together, i);
        }

        AssertSame(rows[2], alone, 0);
    }

    private static void AssertSame(DenoiseRow row, Dictionary<string, float[][]> outputs, int place)
    {
        RecordedVectors.AssertClose(row.Prediction[LatentNames.Video], outputs["sample"][place], $"video {place}");
        RecordedVectors.AssertClose(row.Prediction[LatentNames.Audio], outputs["audio_sample"][place], $"audio {place}");
    }

    private static (string, object)[] Inputs(SafetensorsFile file, Range rows) =>
        [.. new[] { "hidden_states", "audio_hidden_states", "timestep", "encoder_hidden_states", "pooled", "video_cond", "audio_cond" }
            .Select(name => (name, Tensor(file, name, "float32", rows)))];

    private static object Tensor(SafetensorsFile file, string name, string type, Range? rows = null)
    {
        var table = RecordedVectors.Table(file, name)[rows ?? Range.All];
        return new { dims = file.Info(name).Shape.Skip(1).Prepend(table.Length), type, data = table.SelectMany(row => row) };
    }

    /// <summary>Outputs by name, cut along their first dimension.</summary>
    private async Task<Dictionary<string, float[][]>> RunAsync(string role, params (string Name, object Tensor)[] inputs)
    {
        var client = await NodePackage.InstalledAsync("onnx");
        var file = Path.Combine(folder.Path, "inputs.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(inputs.ToDictionary(input => input.Name, input => input.Tensor)));
        var (code, output) = await client.RunAsync("run.mjs", pack.GraphOf(role).Path, file);
        Assert.True(code == 0, output);
        return JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(output)!.ToDictionary(
            pair => pair.Key,
            pair => pair.Value.GetProperty("data").EnumerateArray().Select(value => value.GetSingle())
                .Chunk(pair.Value.GetProperty("data").GetArrayLength() / pair.Value.GetProperty("dims")[0].GetInt32()).ToArray());
    }
}
