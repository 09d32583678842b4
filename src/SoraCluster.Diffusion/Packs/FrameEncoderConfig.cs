namespace SoraCluster.Diffusion.Packs;

/// <summary>
/// Class <c>FrameGroupEncoder</c>: a few picture frames to one latent frame, the mirror of <see cref="FrameDecoderConfig"/>, for conditioning on
/// pictures. Each frame is unshuffled by two and convolved down to latent size on its own; then the frames are joined.
/// </summary>
/// <param name="LatentChannels">Channels of the latent.</param>
/// <param name="FramesPerLatent">Picture frames per latent frame.</param>
/// <param name="LatentsMean">Per channel: latent = (encoder output - mean) / std.</param>
/// <param name="LatentsStd">Per channel, positive.</param>
/// <param name="BaseChannels">Output channels of <c>conv_in</c>.</param>
/// <param name="DownChannels">Output channels of the two strided convolutions <c>down.0</c> and <c>down.1</c>; 64 and 96 when left out.</param>
/// <param name="MidChannels">Channels of the joined frames.</param>
public sealed record FrameEncoderConfig(
    int LatentChannels, int FramesPerLatent, float[] LatentsMean, float[] LatentsStd,
    int BaseChannels = 32, int[]? DownChannels = null, int MidChannels = 256) : ComponentConfig
{
    private int[] Down => DownChannels ?? [64, 96];

    /// <inheritdoc/>
    public override IEnumerable<TensorSpec> Tensors(PackManifest manifest)
    {
        TensorSpec[] conv(string name, int to, int from, int size) =>
            [new($"{name}.weight", to, from, size, size), new($"{name}.bias", to)];
        return
        [
            .. conv("conv_in", BaseChannels, 12, 3), .. conv("down.0", Down[0], BaseChannels, 3), .. conv("down.1", Down[1], Down[0], 3),
            .. conv("from_frames", MidChannels, FramesPerLatent * Down[1], 1), .. conv("mid", MidChannels, MidChannels, 3),
            .. conv("conv_out", LatentChannels, MidChannels, 1),
        ];
    }

    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest) =>
        Contradiction.Differ("latent_channels as in pack.json:", manifest.VideoShape.Dims[3], LatentChannels)
        ?? Contradiction.Differ("frames_per_latent as in pack.json:", manifest.Window.FramesPerLatent, FramesPerLatent)
        ?? Contradiction.Differ("two down_channels, not", 2, Down.Length)
        ?? Contradiction.NotPositive("down_channels", Down.Min()) ?? Contradiction.NotPositive("base_channels", BaseChannels)
        ?? Contradiction.NotPositive("mid_channels", MidChannels)
        ?? Contradiction.Differ("numbers in latents_mean:", LatentChannels, LatentsMean.Length)
        ?? Contradiction.Differ("numbers in latents_std:", LatentChannels, LatentsStd.Length)
        ?? Contradiction.NotPositive("latents_std", LatentsStd.Min());
}
