namespace SoraCluster.Diffusion.Packs;

/// <summary>
/// Class <c>JointTransformer</c>: one stream of text, picture and sound tokens; shared adaLN modulation with a table per block; normalised queries
/// and keys; given tokens have embedders of their own.
/// </summary>
/// <param name="HiddenSize">Width of the stream.</param>
/// <param name="NumLayers">Blocks.</param>
/// <param name="NumHeads">Attention heads.</param>
/// <param name="TextLength">Text tokens.</param>
/// <param name="TimeEmbedDim">Cosines and sines of the time; even.</param>
/// <param name="PatchSize">A picture token covers this many latent pixels in each direction.</param>
public sealed record JointTransformerConfig(
    int HiddenSize, int NumLayers, int NumHeads, int TextLength, int TimeEmbedDim, int PatchSize) : TransformerConfig
{
    /// <inheritdoc/>
    public override int VideoTokens(PackManifest manifest) =>
        manifest.VideoShape.Dims[0] * (manifest.VideoShape.Dims[1] / PatchSize) * (manifest.VideoShape.Dims[2] / PatchSize);

    /// <summary>Values in a picture token.</summary>
    public int VideoPatch(PackManifest manifest) => PatchSize * PatchSize * manifest.VideoShape.Dims[3];

    /// <summary>Values in a sound token.</summary>
    public int AudioPatch(PackManifest manifest) => manifest.Window.MelFramesPerToken * manifest.AudioShape.Dims[1];

    /// <inheritdoc/>
    public override IEnumerable<TensorSpec> Tensors(PackManifest manifest)
    {
        var w = HiddenSize;
        TensorSpec[] linear(string name, int to, int from) => [new($"{name}.weight", to, from), new($"{name}.bias", to)];
        IEnumerable<TensorSpec> specs =
        [
            .. linear("x_embedder", w, VideoPatch(manifest)), .. linear("x_cond_embedder", w, VideoPatch(manifest)),
            .. linear("audio_embedder", w, AudioPatch(manifest)), .. linear("audio_cond_embedder", w, AudioPatch(manifest)),
            new("pos_embed", VideoTokens(manifest), w), new("audio_pos_embed", manifest.AudioTokens, w),
            .. linear("time_embed.0", w, TimeEmbedDim), .. linear("time_embed.2", w, w), .. linear("pooled_proj", w, w),
            .. linear("adaln.linear", 6 * w, w), .. linear("norm_out.linear", 2 * w, w),
            .. linear("proj_out", VideoPatch(manifest), w), .. linear("audio_proj_out", AudioPatch(manifest), w),
        ];
        return specs.Concat(Enumerable.Range(0, NumLayers).SelectMany(layer => TransformerBlockSpecs
            .Of($"transformer_blocks.{layer}", w, NumHeads)
            .Append(new($"transformer_blocks.{layer}.scale_shift_table", 6, w))));
    }

    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest)
    {
        var (height, width) = (manifest.VideoShape.Dims[1], manifest.VideoShape.Dims[2]);
        return Contradiction.Unless(manifest.HasAudio, "latents.audio in pack.json, which this class makes, too", "none")
            ?? Contradiction.NotPositive("num_layers", NumLayers) ?? Contradiction.NotPositive("text_length", TextLength)
            ?? Contradiction.NotPositive("time_embed_dim", TimeEmbedDim) ?? Contradiction.NotPositive("patch_size", PatchSize)
            ?? Contradiction.Differ("an even time_embed_dim, remainder", 0, TimeEmbedDim % 2)
            ?? Contradiction.Differ($"latents {height}x{width} that patch_size {PatchSize} divides, remainder", 0, (height % PatchSize) + (width % PatchSize))
            ?? TransformerBlockSpecs.Check(HiddenSize, NumHeads);
    }
}
