namespace SoraCluster.Diffusion.Packs;

/// <summary>The parts of a pack, as <c>pack.json</c> and <c>model_index.json</c> name them.</summary>
public static class PackRoles
{
    public const string Scheduler = "scheduler";

    public const string Tokenizer = "tokenizer";

    public const string TextEncoder = "text_encoder";

    public const string Transformer = "transformer";

    public const string VaeDecoder = "vae_decoder";

    /// <summary>Pictures to latents; only in a pack that was trained to start from one.</summary>
    public const string VaeEncoder = "vae_encoder";

    public const string Vocoder = "vocoder";
}
