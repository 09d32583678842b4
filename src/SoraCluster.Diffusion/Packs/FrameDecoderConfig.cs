namespace SoraCluster.Diffusion.Packs;

/// <summary>
/// Class <c>FrameGroupDecoder</c>: one latent frame to a few picture frames, by convolutions and three pixel shuffles (eight times larger in each
/// direction). Nothing crosses latent frames.
/// </summary>
/// <param name="LatentChannels">Channels of the latent.</param>
/// <param name="MidChannels">Channels of the two convolutions at latent size.</param>
/// <param name="FrameChannels">Channels per picture frame after the split into frames.</param>
/// <param name="UpChannels">Output channels of <c>up.0</c>, <c>up.1</c> (each then quartered by a pixel shuffle) and <c>up.2</c>.</param>
/// <param name="FramesPerLatent">Picture frames per latent frame.</param>
/// <param name="LatentsMean">Per channel: decoder input = latent * std + mean.</param>
/// <param name="LatentsStd">Per channel, positive.</param>
public sealed record FrameDecoderConfig(
    int LatentChannels, int MidChannels, int FrameChannels, int[] UpChannels, int FramesPerLatent,
    float[] LatentsMean, float[] LatentsStd) : ComponentConfig
{
    /// <summary>Picture pixels per latent pixel, in each direction.</summary>
    public const int Scale = 8;

    /// <inheritdoc/>
    public override IEnumerable<TensorSpec> Tensors(PackManifest manifest)
    {
        TensorSpec[] conv(string name, int to, int from, int size) =>
            [new($"{name}.weight", to, from, size, size), new($"{name}.bias", to)];
        return
        [
            .. conv("conv_in", MidChannels, LatentChannels, 3), .. conv("mid", MidChannels, MidChannels, 3),
            .. conv("to_frames", FramesPerLatent * FrameChannels, MidChannels, 1),
            .. conv("up.0", UpChannels[0], FrameChannels, 3), .. conv("up.1", UpChannels[1], UpChannels[0] / 4, 3),
            .. conv("up.2", UpChannels[2], UpChannels[1] / 4, 3), .. conv("conv_out", 12, UpChannels[2], 3),
        ];
    }

    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest) =>
        Contradiction.Differ("latent_channels as in pack.json:", manifest.VideoShape.Dims[3], LatentChannels)
        ?? Contradiction.Differ("frames_per_latent as in pack.json:", manifest.Window.FramesPerLatent, FramesPerLatent)
        ?? Contradiction.Differ("three up_channels, not", 3, UpChannels.Length)
        ?? Contradiction.NotPositive("mid_channels", MidChannels) ?? Contradiction.NotPositive("frame_channels", FrameChannels)
        ?? Contradiction.NotPositive("up_channels", UpChannels.Min())
        ?? Contradiction.Differ("up_channels that four divides, remainder", 0, (UpChannels[0] % 4) + (UpChannels[1] % 4))
        ?? Contradiction.Differ("numbers in latents_mean:", LatentChannels, LatentsMean.Length)
        ?? Contradiction.Differ("numbers in latents_std:", LatentChannels, LatentsStd.Length)
        ?? Contradiction.NotPositive("latents_std", LatentsStd.Min())
        ?? Contradiction.Differ("a latent height for pack.json's picture height:", manifest.Height, manifest.VideoShape.Dims[1] * Scale)
        ?? Contradiction.Differ("a latent width for pack.json's picture width:", manifest.Width, manifest.VideoShape.Dims[2] * Scale);
}
