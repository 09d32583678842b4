using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// Where the windows of a clip lie. The first window starts from nothing, or from the end of what is kept of a source; each further one repeats, as
/// given, the last latent frames (and the sound that goes with them) of the one before.
/// </summary>
internal sealed class WindowPlan
{
    private readonly PackManifest manifest;
    private readonly int stride;
    private readonly int begin;
    private readonly bool closes;

    /// <param name="manifest">The pack.</param>
    /// <param name="frames">Picture frames asked for, 1 or more.</param>
    /// <param name="source">What the clip is made from, if from anything.</param>
    public WindowPlan(PackManifest manifest, int frames, ClipSource? source = null)
    {
        this.manifest = manifest;
        Video = manifest.VideoShape;
        stride = Video.Dims[0] - GivenLatentFrames;
        closes = source?.Use == SourceUse.Loop;

        var latentFrames = manifest.Window.LatentFrames(frames);
        KeptLatentFrames = source?.Use switch
        {
            SourceUse.Extend => source.Frames / manifest.Window.FramesPerLatent,
            SourceUse.Loop => latentFrames - LoopLatentFrames(manifest),
            _ => 0,
        };
        begin = Math.Max(0, KeptLatentFrames - GivenLatentFrames);
        Windows = WindowsFor(latentFrames - begin);
        FirstNoise = KeptLatentFrames > 0 ? WindowsFor(manifest.Window.LatentFrames(source!.Frames)) : 0;
        var joined = begin + Video.Dims[0] + ((Windows - 1) * stride);
        ClipShapes = Shapes(joined, joined * MelFramesPerLatent);
        TrimmedShapes = Shapes(latentFrames, frames * manifest.MelFramesPerFrame);
        SourceShapes = source is null ? [] : Shapes(manifest.Window.LatentFrames(source.Frames), source.Frames * manifest.MelFramesPerFrame);
    }

    /// <summary>One window of pictures.</summary>
    public LatentShape Video { get; }

    public int Windows { get; }

    /// <summary>Number of the first window's noise: what is added to a clip does not repeat the noise that the clip was made from.</summary>
    public int FirstNoise { get; }

    /// <summary>Latent frames at the clip's start that are the source's and stay so.</summary>
    public int KeptLatentFrames { get; }

    /// <summary>All windows joined, with what is kept before them.</summary>
    public LatentShape[] ClipShapes { get; }

    /// <summary>What was asked for: whole latent frames of picture, the exact length of sound.</summary>
    public LatentShape[] TrimmedShapes { get; }

    /// <summary>What a source must have; none without one.</summary>
    public LatentShape[] SourceShapes { get; }

    public int GivenLatentFrames => manifest.Window.OverlapLatentFrames;

    private int MelFramesPerLatent => manifest.HasAudio ? manifest.AudioShape.Dims[0] / Video.Dims[0] : 0;

    /// <summary>Latent frames that a loop makes anew: a window, less what is given at both of its ends. Below 1 where a pack cannot loop.</summary>
    public static int LoopLatentFrames(PackManifest manifest) => manifest.VideoShape.Dims[0] - (2 * manifest.Window.OverlapLatentFrames);

    /// <summary>The time in the clip, in seconds, of the pictures that a window adds.</summary>
    public (double From, double To) NewSeconds(int window)
    {
        var start = begin + (window * stride);
        var given = Given(LatentNames.Video, window) > 0 ? GivenLatentFrames : 0;
        return (Seconds(start + given), Seconds(start + Video.Dims[0] - (closes ? GivenLatentFrames : 0)));
    }

    /// <summary>First element of a window in a joined tensor of that name.</summary>
    public int Start(string name, int window) => Elements(name, begin + (window * stride));

    /// <summary>How many elements at a window's start are given: none in a first window with nothing before it.</summary>
    public int Given(string name, int window) => window > 0 || KeptLatentFrames > 0 ? Elements(name, GivenLatentFrames) : 0;

    /// <summary>How many elements at a window's end are given: where a loop closes.</summary>
    public int GivenAtEnd(string name) => closes ? Elements(name, GivenLatentFrames) : 0;

    /// <summary>Elements that so many latent frames, or the sound of their duration, take up in a tensor of that name.</summary>
    public int Elements(string name, int latentFrames) => name == LatentNames.Video
        ? latentFrames * (Video.Count / Video.Dims[0])
        : latentFrames * MelFramesPerLatent * (manifest.AudioShape.Count / manifest.AudioShape.Dims[0]);

    private LatentShape[] Shapes(int latentFrames, int melFrames)
    {
        var video = new LatentShape(LatentNames.Video, [latentFrames, .. Video.Dims[1..]]);
        return manifest.HasAudio ? [video, new LatentShape(LatentNames.Audio, [melFrames, .. manifest.AudioShape.Dims[1..]])] : [video];
    }

    private double Seconds(int latentFrames) => (double)manifest.Window.Frames(latentFrames) / manifest.FrameRate;

    private int WindowsFor(int latentFrames) => 1 + DivideUp(Math.Max(latentFrames - Video.Dims[0], 0), stride);

    private static int DivideUp(int value, int by) => (value + by - 1) / by;
}
