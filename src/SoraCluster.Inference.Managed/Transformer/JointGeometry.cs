using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>How latents become tokens: text tokens first, then picture tokens (by latent frame, row, column), then sound tokens (by time).</summary>
internal sealed class JointGeometry(PackManifest manifest, JointTransformerConfig config)
{
    private readonly int latentWidth = manifest.VideoShape.Dims[2];
    private readonly int channels = manifest.VideoShape.Dims[3];

    public int TextTokens { get; } = config.TextLength;

    public int VideoTokens { get; } = config.VideoTokens(manifest);

    public int AudioTokens { get; } = manifest.AudioTokens;

    /// <summary>All tokens.</summary>
    public int Tokens => TextTokens + VideoTokens + AudioTokens;

    public int AudioStart => TextTokens + VideoTokens;

    /// <summary>Values in a picture token.</summary>
    public int VideoPatch { get; } = config.VideoPatch(manifest);

    /// <summary>Values in a sound token.</summary>
    public int AudioPatch { get; } = config.AudioPatch(manifest);

    public int LatentFrames { get; } = manifest.VideoShape.Dims[0];

    /// <summary>Picture tokens in a latent frame.</summary>
    public int TokensPerFrame => VideoTokens / LatentFrames;

    /// <summary>
    /// The pieces of <c>video [T, H, W, C]</c> that make up a picture token: <c>patch size</c> runs of <see cref="PieceLength"/> values, at this offset
    /// and every <see cref="PieceStride"/> after it.
    /// </summary>
    public int PieceOffset(int token)
    {
        var columns = latentWidth / config.PatchSize;
        var (row, column) = (token / columns, token % columns);
        return (row * config.PatchSize * PieceStride) + (column * PieceLength);
    }

    public int PieceLength => config.PatchSize * channels;

    public int PieceStride => latentWidth * channels;

    public int Pieces => config.PatchSize;
}
