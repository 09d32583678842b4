using System.Text.Json.Serialization;
using SoraCluster.Diffusion.Latents;

namespace SoraCluster.Diffusion.Packs;

/// <summary>What <c>pack.json</c> says: who the pack is, what it makes, its limits, and which file plays which role.</summary>
/// <param name="Format">Always <see cref="CurrentFormat"/>.</param>
/// <param name="Id">Short name, the model's id in the API: lower-case letters, digits, dots, hyphens.</param>
/// <param name="Name">Name for people.</param>
/// <param name="Version">Version of the weights.</param>
/// <param name="Licence">SPDX identifier.</param>
/// <param name="Width">Native picture width in pixels.</param>
/// <param name="Height">Native picture height in pixels.</param>
/// <param name="FrameRate">Picture frames per second.</param>
/// <param name="MaxFrames">The most picture frames in one clip.</param>
/// <param name="MaxBatch">The most rows in one forward pass; 1 means that the pack cannot be batched.</param>
/// <param name="DefaultSteps">Solver steps per window when the request names none.</param>
/// <param name="DefaultGuidanceScale">Guidance when the request names none; 1 means none.</param>
/// <param name="PredictionType">What the network's output is: <c>sample</c> (the clean latents) or <c>velocity</c>.</param>
/// <param name="Window">How windows follow each other.</param>
/// <param name="Latents">Dimensions of one window's latents by name: <c>video [T, H, W, C]</c>, and <c>audio [M, B]</c> unless the pack is silent.</param>
/// <param name="Components">The parts by role.</param>
/// <param name="AudioShift">
/// How much noisier sound is than picture at each step: the odds sigma / (1 - sigma) of its noise level are this many times the picture's. Above 1
/// the picture's events are settled before the sound's, which can then follow them; 1 means the same noise.
/// </param>
/// <param name="Description">One sentence for people.</param>
/// <param name="Languages">Prompt languages, BCP 47.</param>
/// <param name="Bridges">
/// Whether it was trained on windows with both ends given, so that it can lead a clip back to its beginning. Default: it was not.
/// </param>
/// <param name="SampleRate">Sound samples per second; nothing in a silent pack.</param>
/// <param name="TextLength">Token positions, where the tokenizer's own file does not say.</param>
/// <param name="PictureGuidanceScale">Guidance of clips that start from a picture, when the request names none; null for the same as others.</param>
/// <param name="Styles">Styles that can be asked for by name, each with the words that ask for it in a prompt.</param>
public sealed record PackManifest(
    string Format, string Id, string Name, string Version, string Licence,
    int Width, int Height, int FrameRate,
    int MaxFrames, int MaxBatch, int DefaultSteps, float DefaultGuidanceScale,
    string PredictionType, PackWindow Window,
    IReadOnlyDictionary<string, int[]> Latents,
    IReadOnlyDictionary<string, PackComponent> Components,
    double AudioShift = 1, string Description = "", IReadOnlyList<string>? Languages = null, bool Bridges = false,
    int SampleRate = 0, int TextLength = 0, IReadOnlyDictionary<string, string>? Styles = null,
    float? PictureGuidanceScale = null)
{
    /// <summary>The only format there is.</summary>
    public const string CurrentFormat = "soracluster-pack/1";

    /// <summary>One window of picture latents: <c>[T, H, W, C]</c>.</summary>
    [JsonIgnore]
    public LatentShape VideoShape => new(LatentNames.Video, Latents[LatentNames.Video]);

    /// <summary>Whether it makes sound, too.</summary>
    [JsonIgnore]
    public bool HasAudio => Latents.ContainsKey(LatentNames.Audio);

    /// <summary>Whether a clip can start from a picture: the model was trained on a given first latent frame that stands still.</summary>
    [JsonIgnore]
    public bool StartsFromPicture => Components.ContainsKey(PackRoles.VaeEncoder);

    /// <summary>One window of sound latents: <c>[M, B]</c>, M mel frames of B bands.</summary>
    /// <exception cref="KeyNotFoundException">The pack is silent.</exception>
    [JsonIgnore]
    public LatentShape AudioShape => new(LatentNames.Audio, Latents[LatentNames.Audio]);

    /// <summary>All latents of one window.</summary>
    [JsonIgnore]
    public LatentShape[] WindowShapes => HasAudio ? [VideoShape, AudioShape] : [VideoShape];

    /// <summary>Sound tokens in a window.</summary>
    [JsonIgnore]
    public int AudioTokens => HasAudio ? AudioShape.Dims[0] / Window.MelFramesPerToken : 0;

    /// <summary>Picture frames in a window.</summary>
    [JsonIgnore]
    public int WindowFrames => Window.Frames(VideoShape.Dims[0]);

    /// <summary>Mel frames that last as long as one picture frame.</summary>
    [JsonIgnore]
    public int MelFramesPerFrame => HasAudio ? AudioShape.Dims[0] / WindowFrames : 0;
}
