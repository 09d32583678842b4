using SoraCluster.Diffusion.Latents;

namespace SoraCluster.Diffusion.Packs;

/// <summary>What must hold inside <c>pack.json</c>.</summary>
internal static class PackManifestRules
{
    private const int MaxDimension = 4096;

    /// <summary>The first contradiction, null when there is none.</summary>
    public static Contradiction? Check(PackManifest manifest) =>
        Contradiction.Unless(manifest.Format == PackManifest.CurrentFormat, $"format '{PackManifest.CurrentFormat}'", $"'{manifest.Format}'")
        ?? Contradiction.Unless(IsId(manifest.Id), "an id of lower-case letters, digits, dots and hyphens", $"'{manifest.Id}'")
        ?? Contradiction.OutOfRange("width", manifest.Width, MaxDimension) ?? Contradiction.OutOfRange("height", manifest.Height, MaxDimension)
        ?? Contradiction.OutOfRange("frame_rate", manifest.FrameRate, 240)
        ?? Contradiction.OutOfRange("max_frames", manifest.MaxFrames, 100_000) ?? Contradiction.OutOfRange("max_batch", manifest.MaxBatch, 1024)
        ?? Contradiction.OutOfRange("default_steps", manifest.DefaultSteps, 1000)
        ?? Contradiction.Unless(manifest.DefaultGuidanceScale is >= 1 and <= 50, "default_guidance_scale from 1 to 50", $"{manifest.DefaultGuidanceScale}")
        ?? Contradiction.Unless(manifest.AudioShift is >= 1 and <= 100, "audio_shift from 1 to 100", $"{manifest.AudioShift}")
        ?? Contradiction.Unless(
            manifest.PredictionType is "sample" or "velocity", "prediction_type 'sample' or 'velocity'", $"'{manifest.PredictionType}'")
        ?? Dims(manifest, LatentNames.Video, 4) ?? Window(manifest)
        ?? (manifest.HasAudio ? Sound(manifest) : null)
        ?? Contradiction.Unless(
            manifest.Latents.Count == manifest.WindowShapes.Length, "latents 'video' and 'audio' only", string.Join(", ", manifest.Latents.Keys));

    private static Contradiction? Window(PackManifest manifest)
    {
        var window = manifest.Window;
        return Contradiction.OutOfRange("window.frames_per_latent", window.FramesPerLatent, 64)
            ?? Contradiction.OutOfRange("window.first_frames", window.FirstFrames ?? window.FramesPerLatent, window.FramesPerLatent)
            ?? Contradiction.Unless(
                window.OverlapLatentFrames >= 0 && window.OverlapLatentFrames < manifest.VideoShape.Dims[0],
                $"window.overlap_latent_frames from 0 to {manifest.VideoShape.Dims[0] - 1}", $"{window.OverlapLatentFrames}")
            ?? (window.OverlapLatentFrames == 0 ? OneWindow(manifest) : Contradiction.Unless(
                window.FirstFrames is null, "no window.first_frames where windows overlap", $"{window.FirstFrames}"));
    }

    private static Contradiction? OneWindow(PackManifest manifest) =>
        Contradiction.Unless(
            manifest.MaxFrames <= manifest.WindowFrames, $"max_frames of one window ({manifest.WindowFrames}), as none overlap", $"{manifest.MaxFrames}")
        ?? Contradiction.Unless(!manifest.Bridges, "bridges false where no windows overlap", "true");

    private static Contradiction? Sound(PackManifest manifest)
    {
        var window = manifest.Window;
        return Contradiction.OutOfRange("sample_rate", manifest.SampleRate, 192_000) ?? Dims(manifest, LatentNames.Audio, 2)
            ?? Contradiction.Unless(window.FirstFrames is null, "no window.first_frames in a pack with sound", $"{window.FirstFrames}")
            ?? SoundWindow(window, manifest.VideoShape.Dims[0], manifest.AudioShape.Dims[0])
            ?? Whole("mel frames per picture frame", manifest.AudioShape.Dims[0], manifest.WindowFrames);
    }

    private static Contradiction? SoundWindow(PackWindow window, int latentFrames, int melFrames) =>
        Contradiction.OutOfRange("window.mel_frames_per_token", window.MelFramesPerToken, melFrames)
        ?? Whole("mel frames per token", melFrames, window.MelFramesPerToken)
        ?? Contradiction.Unless(
            window.OverlapAudioTokens * window.MelFramesPerToken * latentFrames == window.OverlapLatentFrames * melFrames,
            "an overlap_audio_tokens that lasts as long as overlap_latent_frames", $"{window.OverlapAudioTokens}");

    private static Contradiction? Whole(string what, int value, int divisor) =>
        Contradiction.Unless(value % divisor == 0, $"a whole number of {what}", $"{value} in {divisor}");

    private static Contradiction? Dims(PackManifest manifest, string name, int rank)
    {
        if (!manifest.Latents.TryGetValue(name, out var dims) || dims is null)
        {
            return new($"latents.{name}", "none");
        }

        return Contradiction.Unless(
            dims.Length == rank && dims.All(dim => dim is >= 1 and <= MaxDimension),
            $"{rank} dimensions from 1 to {MaxDimension} in latents.{name}", $"[{string.Join(", ", dims)}]");
    }

    private static bool IsId(string id) =>
        id.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(id[0])
        && id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-');
}
