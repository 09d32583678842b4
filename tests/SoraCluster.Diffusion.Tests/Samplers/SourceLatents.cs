using SoraCluster.Diffusion.Latents;

namespace SoraCluster.Diffusion.Tests.Samplers;

/// <summary>Latents of clips and pictures of the micro pack, for clips that are made from them.</summary>
internal static class SourceLatents
{
    /// <summary>Elements of a latent frame.</summary>
    public const int Frame = 4 * 4 * 6;

    /// <summary>Elements of the sound that lasts as long.</summary>
    public const int Sound = 32 * 40;

    /// <summary>Latents of a clip of so many pictures: noise.</summary>
    public static LatentSet Clip(ulong seed, int frames)
    {
        var set = new LatentSet([new("video", [(frames + 3) / 4, 4, 4, 6]), new("audio", [frames * 8, 40])]);
        PhiloxNoise.Fill(set["video"], seed, 100, 0);
        PhiloxNoise.Fill(set["audio"], seed, 101, 0);
        return set;
    }

    public static LatentSet Picture(ulong seed)
    {
        var set = new LatentSet([new("video", [1, 4, 4, 6])]);
        PhiloxNoise.Fill(set["video"], seed, 102, 0);
        return set;
    }
}
