using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// Where the windows of a clip lie. The first window starts from nothing; each further one repeats, as given, the last latent frames (and the sound
/// that goes with them) of the one before.
/// </summary>
internal sealed class WindowPlan
{
    private readonly PackManifest manifest;
    private readonly int videoStride;
    private readonly int audioStride;

    /// <param name="manifest">The pack.</param>
    /// <param name="frames">Picture frames asked for, 1 or more.</param>
    public WindowPlan(PackManifest manifest, int frames)
    {
        this.manifest = manifest;
        Video = manifest.VideoShape;
        Audio = manifest.AudioShape;
        videoStride = Video.Dims[0] - manifest.Window.OverlapLatentFrames;
        audioStride = Audio.Dims[0] - GivenMelFrames;

        var latentFrames = DivideUp(frames, manifest.Window.FramesPerLatent);
        Windows = 1 + DivideUp(Math.Max(latentFrames - Video.Dims[0], 0), videoStride);
        ClipShapes = Shapes(Video.Dims[0] + ((Windows - 1) * videoStride), Audio.Dims[0] + ((Windows - 1) * audioStride));
        TrimmedShapes = Shapes(latentFrames, frames * manifest.MelFramesPerFrame);
    }

    /// <summary>One window of pictures.</summary>
    public LatentShape Video { get; }

    /// <summary>One window of sound.</summary>
    public LatentShape Audio { get; }

    public int Windows { get; }

    /// <summary>All windows joined.</summary>
    public LatentShape[] ClipShapes { get; }

    /// <summary>What was asked for: whole latent frames of picture, the exact length of sound.</summary>
    public LatentShape[] TrimmedShapes { get; }

    public int GivenLatentFrames => manifest.Window.OverlapLatentFrames;

    public int GivenMelFrames => manifest.Window.OverlapAudioTokens * manifest.Window.MelFramesPerToken;

    /// <summary>First element of a window in a joined tensor of that name.</summary>
    public int Start(string name, int window) => name == LatentNames.Video
        ? window * videoStride * (Video.Count / Video.Dims[0])
        : window * audioStride * (Audio.Count / Audio.Dims[0]);

    /// <summary>How many elements at a window's start are given: none in the first window.</summary>
    public int Given(string name, int window) => window == 0 ? 0
        : name == LatentNames.Video ? GivenLatentFrames * (Video.Count / Video.Dims[0])
        : GivenMelFrames * (Audio.Count / Audio.Dims[0]);

    private LatentShape[] Shapes(int latentFrames, int melFrames) =>
    [
        new(LatentNames.Video, [latentFrames, .. Video.Dims[1..]]),
        new(LatentNames.Audio, [melFrames, .. Audio.Dims[1..]]),
    ];

    private static int DivideUp(int value, int by) => (value + by - 1) / by;
}
