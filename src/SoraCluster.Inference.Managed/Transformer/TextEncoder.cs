using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>Concept ids to vectors: embeddings and plain transformer blocks. Padding takes part: it serves as learned registers.</summary>
internal sealed unsafe class TextEncoder<T>
    where T : struct, ILanes<T>
{
    private readonly TextEncoderConfig config;
    private readonly float[] embeddings;
    private readonly float[] positions;
    private readonly BlockWeights[] layers;
    private readonly BlockRunner<T> runner;
    private readonly SequenceState sequence;
    private readonly AlignedBuffer plain;

    public TextEncoder(TextEncoderConfig config, SafetensorsFile file)
    {
        this.config = config;
        var width = config.HiddenSize;
        embeddings = file.ReadFloats("embed_tokens.weight");
        positions = file.ReadFloats("embed_positions.weight");
        layers = [.. Enumerable.Range(0, config.NumLayers).Select(layer => new BlockWeights(file, $"layers.{layer}"))];
        runner = new BlockRunner<T>(width, config.NumHeads, config.MaxLength);
        sequence = new SequenceState(width, config.NumHeads, config.MaxLength);
        plain = new AlignedBuffer(6 * width);
        foreach (var one in new[] { 0, 2, 3, 5 })
        {
            plain.Span.Slice(one * width, width).Fill(1f);
        }
    }

    /// <summary>Encodes one prompt; missing ids are padding, 0.</summary>
    public TextConditioning Encode(IReadOnlyList<int> ids)
    {
        Check(ids);
        var width = config.HiddenSize;
        for (var token = 0; token < config.MaxLength; token++)
        {
            var id = token < ids.Count ? ids[token] : 0;
            for (var i = 0; i < width; i++)
            {
                sequence.Stream[(token * width) + i] = embeddings[(id * width) + i] + positions[(token * width) + i];
            }
        }

        var modulation = new Modulation(plain.Pointer, width);
        for (var layer = 0; layer < layers.Length; layer++)
        {
            runner.Project(sequence, 0, config.MaxLength, layers[layer], modulation, sequence.Memory(layer));
            runner.Finish(sequence, 0, config.MaxLength, layers[layer], modulation, sequence.Memory(layer));
        }

        return new TextConditioning(new ReadOnlySpan<float>(sequence.Stream, config.MaxLength * width).ToArray(), Pool(ids));
    }

    /// <summary>Sum over the tokens that are not padding, divided by their number and a half.</summary>
    private float[] Pool(IReadOnlyList<int> ids)
    {
        var width = config.HiddenSize;
        var pooled = new float[width];
        var said = 0;
        for (var token = 0; token < ids.Count; token++)
        {
            if (ids[token] == 0)
            {
                continue;
            }

            said++;
            for (var i = 0; i < width; i++)
            {
                pooled[i] += sequence.Stream[(token * width) + i];
            }
        }

        for (var i = 0; i < width; i++)
        {
            pooled[i] /= said + 0.5f;
        }

        return pooled;
    }

    private void Check(IReadOnlyList<int> ids)
    {
        if (ids.Count > config.MaxLength)
        {
            throw new ArgumentException($"{ids.Count} token ids, but the pack takes at most {config.MaxLength}.", nameof(ids));
        }

        foreach (var id in ids)
        {
            if (id < 0 || id >= config.VocabSize)
            {
                throw new ArgumentException($"Token id {id} is outside the vocabulary of {config.VocabSize}.", nameof(ids));
            }
        }
    }
}
