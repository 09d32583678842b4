namespace SoraCluster.Diffusion.Packs;

/// <summary>
/// Class <c>WanTransformer3DModel</c> of diffusers (Wan 2.1, text to video), which runs as a graph: what its <c>config.json</c> must say. It takes no
/// given frames, so that its clips are one window, and it is silent.
/// </summary>
/// <param name="InChannels">Channels of the latents that go in: those of the latents that come out, unless it is made for pictures as a start.</param>
/// <param name="OutChannels">Channels of the latents that come out.</param>
/// <param name="PatchSize">Latent frames, rows and columns of a token.</param>
/// <param name="TextDim">Width of the text encoder's vectors.</param>
/// <param name="ImageDim">Of models that start from a picture; they are not supported.</param>
public sealed record WanTransformerConfig(int InChannels, int OutChannels, int[] PatchSize, int TextDim, int? ImageDim = null) : TransformerConfig
{
    /// <inheritdoc/>
    public override int VideoTokens(PackManifest manifest) =>
        manifest.VideoShape.Dims.Zip(PatchSize).Aggregate(1, (tokens, pair) => tokens * (pair.First / pair.Second));

    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest) =>
        Contradiction.Unless(!manifest.HasAudio, "no latents.audio in pack.json, as this class is silent", "latents.audio")
        ?? Contradiction.Differ("window.overlap_latent_frames in pack.json, as this class takes no given frames:", 0, manifest.Window.OverlapLatentFrames)
        ?? Contradiction.Unless(manifest.PredictionType == "velocity", "prediction_type 'velocity' in pack.json", $"'{manifest.PredictionType}'")
        ?? Contradiction.Differ("in_channels as in pack.json:", manifest.VideoShape.Dims[3], InChannels)
        ?? Contradiction.Differ("out_channels as in pack.json:", manifest.VideoShape.Dims[3], OutChannels)
        ?? Contradiction.Unless(ImageDim is null, "image_dim null: only text to video is supported", $"{ImageDim}")
        ?? Contradiction.Differ("numbers in patch_size:", 3, PatchSize.Length) ?? Contradiction.NotPositive("patch_size", PatchSize.Min())
        ?? Contradiction.Differ(
            "latents that patch_size divides, remainder", 0, manifest.VideoShape.Dims.Zip(PatchSize).Sum(pair => pair.First % pair.Second));
}
