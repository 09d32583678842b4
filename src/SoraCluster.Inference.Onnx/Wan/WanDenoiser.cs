using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx.Wan;

/// <summary>
/// Wan 2.1's text encoder and transformer, as diffusers' <c>WanPipeline</c> runs them. Our names for the tensors are those of diffusers' signatures:
/// <c>input_ids</c>, <c>attention_mask</c> → <c>last_hidden_state</c> and <c>hidden_states</c>, <c>timestep</c>, <c>encoder_hidden_states</c> →
/// <c>sample</c>; where an export has others, the pack's <c>tensors</c> say which. A pass always has the same number of rows: what the graph's own
/// batch is fixed at; else one on the processor, and all that the pack allows on a device, where spare ones repeat the last.
/// </summary>
internal sealed class WanDenoiser : IDenoiser
{
    /// <summary>T5's pad id.</summary>
    private const int Padding = 0;

    private readonly DenoiseRowRules rules;
    private readonly T5EncoderConfig text;
    private readonly int tokens;
    private readonly Graph encoder;
    private readonly float[] ids;
    private readonly float[]? mask;
    private readonly float[] encoded;
    private readonly Graph transformer;
    private readonly float[] latents;
    private readonly float[] timestep;
    private readonly float[] conditioning;
    private readonly float[] prediction;

    /// <exception cref="PackException">A graph is not what the pack says.</exception>
    public WanDenoiser(Pack pack, SessionMaker sessions)
    {
        Pack = pack;
        rules = new DenoiseRowRules(pack);
        text = pack.Config<T5EncoderConfig>(PackRoles.TextEncoder);
        tokens = pack.Tokenizer.MaxLength;
        var manifest = pack.Manifest;
        var names = manifest.Components[PackRoles.TextEncoder];
        encoder = new Graph(pack, PackRoles.TextEncoder, sessions, 1);
        ids = encoder.InputOfAnyType(names.TensorName("input_ids"), 1, tokens);
        mask = encoder.Inputs.ContainsKey(names.TensorName("attention_mask"))
            ? encoder.InputOfAnyType(names.TensorName("attention_mask"), 1, tokens)
            : null;
        encoded = encoder.OutputOfAnyType(names.TensorName("last_hidden_state"), 1, tokens, text.DModel);
        encoder.RefuseOtherInputs();

        names = manifest.Components[PackRoles.Transformer];
        var onDevice = sessions.Device == OnnxDevice.Cuda;
        transformer = new Graph(pack, PackRoles.Transformer, sessions, onDevice ? manifest.MaxBatch : 1);
        transformer.FixBatch(names.TensorName("hidden_states"), manifest.MaxBatch);
        var rows = transformer.Rows;
        int[] shape = [rows, manifest.VideoShape.Dims[3], .. manifest.VideoShape.Dims[..3]];
        latents = transformer.InputOfAnyType(names.TensorName("hidden_states"), shape);
        timestep = transformer.InputOfAnyType(names.TensorName("timestep"), rows);
        conditioning = transformer.InputOfAnyType(names.TensorName("encoder_hidden_states"), rows, tokens, text.DModel);
        prediction = transformer.OutputOfAnyType(names.TensorName("sample"), shape);
        transformer.RefuseOtherInputs();
    }

    public Pack Pack { get; }

    public int MaxBatch => Pack.Manifest.MaxBatch;

    /// <summary>Positions past the prompt and its padding are zero, as diffusers' pipeline leaves them; no ids at all are the empty prompt's.</summary>
    public TextConditioning EncodeText(IReadOnlyList<int> tokenIds)
    {
        if (tokenIds.Count > tokens)
        {
            throw new ArgumentException($"{tokenIds.Count} token ids, but the pack takes at most {tokens}.", nameof(tokenIds));
        }

        var prompt = tokenIds.Count > 0 ? tokenIds : Pack.Tokenizer.Tokenize("").Ids;
        var length = prompt.Count;
        while (length > 0 && prompt[length - 1] == Padding)
        {
            length--;
        }

        for (var i = 0; i < tokens; i++)
        {
            ids[i] = i < length ? prompt[i] : Padding;
            if (ids[i] < 0 || ids[i] >= text.VocabSize)
            {
                throw new ArgumentException($"Token id {ids[i]} is outside the vocabulary of {text.VocabSize}.", nameof(tokenIds));
            }

            mask?[i] = i < length ? 1 : 0;
        }

        encoder.Run();
        var hidden = new float[encoded.Length];
        encoded.AsSpan(0, length * text.DModel).CopyTo(hidden);
        return new TextConditioning(hidden, []);
    }

    public void Denoise(ReadOnlySpan<DenoiseRow> rows)
    {
        rules.Check(rows);
        for (var start = 0; start < rows.Length; start += transformer.Rows)
        {
            var pass = rows[start..Math.Min(rows.Length, start + transformer.Rows)];
            for (var place = 0; place < transformer.Rows; place++)
            {
                var row = pass[Math.Min(place, pass.Length - 1)];
                ChannelOrder.First(row.Latents[LatentNames.Video], At(latents, place), Pack.Manifest.VideoShape.Dims[3]);
                timestep[place] = row.Timestep;
                row.Text.Hidden.CopyTo(At(conditioning, place));
            }

            transformer.Run();
            for (var place = 0; place < pass.Length; place++)
            {
                ChannelOrder.Last(At(prediction, place), pass[place].Prediction[LatentNames.Video], Pack.Manifest.VideoShape.Dims[3]);
            }
        }
    }

    public void Dispose()
    {
        encoder.Dispose();
        transformer.Dispose();
    }

    /// <summary>The values of one row of a tensor.</summary>
    private Span<float> At(float[] tensor, int place)
    {
        var length = tensor.Length / transformer.Rows;
        return tensor.AsSpan(place * length, length);
    }
}
