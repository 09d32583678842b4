using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Diffusion.Samplers;

/// <summary>
/// Where the windows of a clip lie. The first window starts from nothing, from a picture, or from the end of what is kept of a source; each further one
/// repeats, as given, the last latent frames (and the sound that goes with them) of the one before. Where a shot begins, a window starts from nothing.
/// </summary>
internal sealed class WindowPlan
{
    private readonly PackManifest manifest;
    private readonly Place[] places;
    private readonly bool closes;
    private readonly bool fromPicture;

    /// <param name="manifest">The pack.</param>
    /// <param name="frames">Picture frames asked for, 1 or more.</param>
    /// <param name="source">What the clip is made from, if from anything.</param>
    /// <param name="cuts">Where shots begin, in seconds; each falls on the nearest latent frame. Within a pack's only window there are none.</param>
    public WindowPlan(PackManifest manifest, int frames, ClipSource? source = null, IEnumerable<double>? cuts = null)
    {
        this.manifest = manifest;
        Video = manifest.VideoShape;
        closes = source?.Use == SourceUse.Loop;
        fromPicture = source?.Use == SourceUse.Picture;

        var latentFrames = manifest.Window.LatentFrames(frames);
        KeptLatentFrames = source?.Use switch
        {
            SourceUse.Extend => source.Frames / manifest.Window.FramesPerLatent,
            SourceUse.Loop => latentFrames - LoopLatentFrames(manifest),
            _ => 0,
        };
        var begin = Math.Max(0, KeptLatentFrames - OverlapLatentFrames);
        int[] shots = [begin, .. closes || OverlapLatentFrames == 0 ? [] : Shots(cuts ?? [], KeptLatentFrames, latentFrames)];
        places = [.. shots.SelectMany((start, i) => i + 1 < shots.Length ? Shot(start, shots[i + 1]) : LastShot(start, latentFrames))];
        FirstNoise = KeptLatentFrames > 0 ? manifest.Window.LatentFrames(source!.Frames) : 0; // each of the source's windows has added one latent frame or more
        var joined = places.Max(place => place.Start) + Video.Dims[0];
        ClipShapes = Shapes(joined, joined * MelFramesPerLatent);
        TrimmedShapes = Shapes(latentFrames, frames * manifest.MelFramesPerFrame);
        SourceShapes = source is null ? []
            : fromPicture ? [ClipSource.PictureShape(manifest)]
            : Shapes(manifest.Window.LatentFrames(source.Frames), source.Frames * manifest.MelFramesPerFrame);
    }

    /// <summary>The plan of a clip with these settings.</summary>
    public static WindowPlan Of(PackManifest manifest, ClipSettings settings) =>
        new(manifest, settings.Frames, settings.Source, PromptTimeline.Parse(settings.Prompt).Cuts);

    /// <summary>One window of pictures.</summary>
    public LatentShape Video { get; }

    public int Windows => places.Length;

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

    /// <summary>Latent frames that a window repeats of what is before it.</summary>
    public int OverlapLatentFrames => manifest.Window.OverlapLatentFrames;

    private int MelFramesPerLatent => manifest.HasAudio ? manifest.AudioShape.Dims[0] / Video.Dims[0] : 0;

    /// <summary>Latent frames that a loop makes anew: a window, less what is given at both of its ends. Below 1 where a pack cannot loop.</summary>
    public static int LoopLatentFrames(PackManifest manifest) => manifest.VideoShape.Dims[0] - (2 * manifest.Window.OverlapLatentFrames);

    /// <summary>The time in the clip, in seconds, of the pictures that a window adds.</summary>
    public (double From, double To) NewSeconds(int window) => (
        Seconds(places[window].Start + GivenLatentFrames(LatentNames.Video, window)), Seconds(places[window].End - GivenLatentFramesAtEnd));

    /// <summary>First element of a window in a joined tensor of that name.</summary>
    public int Start(string name, int window) => Elements(name, places[window].Start);

    /// <summary>How many elements of a window belong to its shot: all but what reaches beyond its end.</summary>
    public int Kept(string name, int window) => Elements(name, places[window].End - places[window].Start);

    /// <summary>Latent frames, or the sound of their duration, that are given at a window's start: none in a first window with nothing before it.</summary>
    public int GivenLatentFrames(string name, int window) =>
        window > 0 ? (places[window].GoesOn ? OverlapLatentFrames : 0)
        : KeptLatentFrames > 0 ? OverlapLatentFrames
        : fromPicture && name == LatentNames.Video ? 1
        : 0;

    /// <summary>Latent frames, and the sound of their duration, that are given at a window's end: where a loop closes.</summary>
    public int GivenLatentFramesAtEnd => closes ? OverlapLatentFrames : 0;

    /// <summary>How many elements at a window's start are given.</summary>
    public int Given(string name, int window) => Elements(name, GivenLatentFrames(name, window));

    /// <summary>How many elements at a window's end are given.</summary>
    public int GivenAtEnd(string name) => Elements(name, GivenLatentFramesAtEnd);

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

    /// <summary>The latent frames between two at which shots begin, in order.</summary>
    private IEnumerable<int> Shots(IEnumerable<double> cuts, int after, int before) => cuts
        .Select(cut => (int)Math.Round(cut * manifest.FrameRate / manifest.Window.FramesPerLatent, MidpointRounding.AwayFromZero))
        .Where(start => start > after && start < before).Distinct().Order();

    /// <summary>The windows of a shot that another follows: nothing of them reaches into that.</summary>
    private IEnumerable<Place> Shot(int start, int end) =>
        LastShot(start, end).Select(place => place with { End = Math.Min(place.End, end) });

    private IEnumerable<Place> LastShot(int start, int end)
    {
        var (length, stride) = (Video.Dims[0], Video.Dims[0] - OverlapLatentFrames);
        for (var at = start; at == start || at + OverlapLatentFrames < end; at += stride)
        {
            yield return new Place(at, at + length, at > start);
        }
    }

    /// <param name="Start">First latent frame.</param>
    /// <param name="End">The one after the last that is kept.</param>
    /// <param name="GoesOn">Whether the window before is of the same shot.</param>
    private readonly record struct Place(int Start, int End, bool GoesOn);
}
