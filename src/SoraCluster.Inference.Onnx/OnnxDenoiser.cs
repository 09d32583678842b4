using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx;

/// <summary>
/// The text encoder and the joint transformer. A pass always has the same number of rows, whatever is asked for: one on the
/// processor, and all that the pack allows on a device, where spare ones repeat the last.
/// </summary>
internal sealed class OnnxDenoiser : IDenoiser
{
    private const float Timesteps = 1000;

    private readonly DenoiseRowRules rules;
    private readonly TextEncoderConfig text;
    private readonly Graph encoder;
    private readonly long[] ids;
    private readonly float[] encoded;
    private readonly float[] encodedPooled;

    private readonly Graph transformer;
    private readonly float[] video;
    private readonly float[] audio;
    private readonly float[] timestep;
    private readonly float[] hidden;
    private readonly float[] pooled;
    private readonly float[] givenVideo;
    private readonly float[] givenAudio;
    private readonly float[] videoSample;
    private readonly float[] audioSample;

    public OnnxDenoiser(Pack pack, SessionMaker sessions)
    {
        Pack = pack;
        rules = new DenoiseRowRules(pack);
        text = pack.Config<TextEncoderConfig>(PackRoles.TextEncoder);
        encoder = new Graph(pack, PackRoles.TextEncoder, sessions, 1);
        ids = encoder.Input<long>("input_ids", text.MaxLength);
        encoded = encoder.Output("last_hidden_state", text.MaxLength, text.HiddenSize);
        encodedPooled = encoder.Output("pooled", text.HiddenSize);

        var manifest = pack.Manifest;
        transformer = new Graph(pack, PackRoles.Transformer, sessions, sessions.Device == OnnxDevice.Cuda ? manifest.MaxBatch : 1);
        video = transformer.Input<float>("hidden_states", manifest.VideoShape.Dims);
        audio = transformer.Input<float>("audio_hidden_states", manifest.AudioShape.Dims);
        timestep = transformer.Input<float>("timestep");
        hidden = transformer.Input<float>("encoder_hidden_states", text.MaxLength, text.HiddenSize);
        pooled = transformer.Input<float>("pooled", text.HiddenSize);
        givenVideo = transformer.Input<float>("video_cond", manifest.VideoShape.Dims[0]);
        givenAudio = transformer.Input<float>("audio_cond", manifest.AudioTokens);
        videoSample = transformer.Output("sample", manifest.VideoShape.Dims);
        audioSample = transformer.Output("audio_sample", manifest.AudioShape.Dims);
    }

    public Pack Pack { get; }

    public int MaxBatch => Pack.Manifest.MaxBatch;

    public TextConditioning EncodeText(IReadOnlyList<int> tokenIds)
    {
        if (tokenIds.Count > text.MaxLength)
        {
            throw new ArgumentException($"{tokenIds.Count} token ids, but the pack takes at most {text.MaxLength}.", nameof(tokenIds));
        }

        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = i < tokenIds.Count ? tokenIds[i] : 0;
            if (ids[i] < 0 || ids[i] >= text.VocabSize)
            {
                throw new ArgumentException($"Token id {ids[i]} is outside the vocabulary of {text.VocabSize}.", nameof(tokenIds));
            }
        }

        encoder.Run();
        return new TextConditioning([.. encoded], [.. encodedPooled]);
    }

    public void Denoise(ReadOnlySpan<DenoiseRow> rows)
    {
        rules.Check(rows);
        for (var start = 0; start < rows.Length; start += transformer.Rows)
        {
            var pass = rows[start..Math.Min(rows.Length, start + transformer.Rows)];
            for (var place = 0; place < transformer.Rows; place++)
            {
                Fill(place, pass[Math.Min(place, pass.Length - 1)]);
            }

            transformer.Run();
            for (var place = 0; place < pass.Length; place++)
            {
                At(videoSample, place).CopyTo(pass[place].Prediction[LatentNames.Video]);
                At(audioSample, place).CopyTo(pass[place].Prediction[LatentNames.Audio]);
            }
        }
    }

    public void Dispose()
    {
        encoder.Dispose();
        transformer.Dispose();
    }

    private void Fill(int place, DenoiseRow row)
    {
        row.Latents[LatentNames.Video].CopyTo(At(video, place));
        row.Latents[LatentNames.Audio].CopyTo(At(audio, place));
        timestep[place] = row.Sigma * Timesteps;
        row.Text.Hidden.CopyTo(At(hidden, place));
        row.Text.Pooled.CopyTo(At(pooled, place));
        Flags(row.GivenVideo, At(givenVideo, place));
        Flags(row.GivenAudio, At(givenAudio, place));
    }

    /// <summary>The values of one row of a tensor.</summary>
    private Span<float> At(float[] tensor, int place)
    {
        var length = tensor.Length / transformer.Rows;
        return tensor.AsSpan(place * length, length);
    }

    private static void Flags(bool[] given, Span<float> flags)
    {
        for (var i = 0; i < given.Length; i++)
        {
            flags[i] = given[i] ? 1 : 0;
        }
    }
}
