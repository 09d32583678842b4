using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Bench.Executor;

/// <summary>Floating-point operations of the matrix products that a step or a decoded frame needs; activations and norms count for nothing.</summary>
internal static class Work
{
    /// <summary>One row of one denoising step.</summary>
    public static double Step(Pack pack)
    {
        var manifest = pack.Manifest;
        var config = pack.Config<JointTransformerConfig>(PackRoles.Transformer);
        double w = config.HiddenSize, text = config.TextLength, video = config.VideoTokens(manifest), audio = manifest.AudioTokens;
        var tokens = text + video + audio;
        var block = (12 * w * w * tokens) + (2 * w * tokens * tokens);
        // The last block leaves out the text after its keys and values.
        var skipped = (9 * w * w * text) + (2 * w * text * tokens);
        var ends = 2 * w * ((video * config.VideoPatch(manifest)) + (audio * config.AudioPatch(manifest)));
        var condition = (config.TimeEmbedDim + (10 * w)) * w;
        return 2 * ((config.NumLayers * block) - skipped + ends + condition);
    }

    /// <summary>The picture frames of one latent frame.</summary>
    public static double LatentFrame(Pack pack)
    {
        var config = pack.Config<FrameDecoderConfig>(PackRoles.VaeDecoder);
        var (height, width) = (pack.Manifest.VideoShape.Dims[1], pack.Manifest.VideoShape.Dims[2]);
        double pixels = height * width, mid = config.MidChannels, frames = config.FramesPerLatent;
        var up = config.UpChannels;
        var shared = (9.0 * config.LatentChannels * mid) + (9 * mid * mid) + (mid * frames * config.FrameChannels);
        var each = (9.0 * config.FrameChannels * up[0]) + (4 * 9.0 * up[0] / 4 * up[1])
            + (16 * 9.0 * up[1] / 4 * up[2]) + (16 * 9.0 * up[2] * 12);
        return 2 * pixels * (shared + (frames * each));
    }
}
