using SoraCluster.Domain.Jobs;

namespace SoraCluster.Domain.Models;

/// <summary>One pack: what it makes, what it can do, what it costs.</summary>
public sealed record ModelInfo
{
    /// <summary>The pack's id; jobs carry it as <see cref="JobSpec.Pack"/> and the step queue is keyed by it.</summary>
    public required string Id { get; init; }
    /// <summary>Name for people.</summary>
    public required string Name { get; init; }
    public string Description { get; init; } = "";
    public string Version { get; init; } = "";
    public string OwnedBy { get; init; } = "soracluster";
    public required DateTimeOffset Created { get; init; }
    /// <summary>SPDX identifier of the weights' licence.</summary>
    public required string Licence { get; init; }
    /// <summary>Other names that mean this pack.</summary>
    public IReadOnlyList<ModelAlias> Aliases { get; init; } = [];

    /// <summary>Shapes the pack generates at; at least one.</summary>
    public required IReadOnlyList<FrameSize> NativeSizes { get; init; }
    /// <summary>Size of the delivered clip when the request names none.</summary>
    public required FrameSize DefaultSize { get; init; }
    /// <summary>What other sizes mean when the pack is asked for by its id.</summary>
    public SizeRule Sizes { get; init; } = SizeRule.Scale;
    /// <summary>The longest side of a delivered clip, pixels.</summary>
    public int MaxSide { get; init; } = 1920;
    /// <summary>The most pixels in a frame of a delivered clip.</summary>
    public long MaxPixels { get; init; } = 1920L * 1088;

    /// <summary>Clip lengths that can be asked for, in seconds, ascending; at least one.</summary>
    public required IReadOnlyList<int> Seconds { get; init; }
    /// <summary>Length when the request names none; one of <see cref="Seconds"/>.</summary>
    public required int DefaultSeconds { get; init; }

    public required int DefaultSteps { get; init; }
    /// <summary>The most denoising steps per window, 1 to 1000.</summary>
    public int MaxSteps { get; init; } = 100;
    public required float DefaultGuidanceScale { get; init; }
    /// <summary>The same for clips that start from a picture; null for <see cref="DefaultGuidanceScale"/>.</summary>
    public float? PictureGuidanceScale { get; init; }
    /// <summary>The highest guidance scale; the lowest is 1, which turns it off.</summary>
    public float MaxGuidanceScale { get; init; } = 20f;

    /// <summary>Whether it makes sound; <c>audio: true</c> is refused when not.</summary>
    public bool HasAudio { get; init; }
    /// <summary>Whether a clip can start from a picture.</summary>
    public bool AcceptsInputReference { get; init; }
    /// <summary>What it can do; anything else is refused with <c>unsupported_by_model</c>.</summary>
    public IReadOnlyList<JobOperation> Operations { get; init; } = [JobOperation.Create];
    /// <summary>Style presets it knows; empty when it has none.</summary>
    public IReadOnlyList<string> Styles { get; init; } = [];
    /// <summary>Prompt languages, BCP 47; empty when it does not say.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>Clip seconds that one window covers.</summary>
    public double WindowSeconds { get; init; } = 2;
    /// <summary>Clip seconds that each further window adds.</summary>
    public double WindowStrideSeconds { get; init; } = 2;
    /// <summary>Profiled device seconds for one step of one window with guidance.</summary>
    public required double SecondsPerStep { get; init; }
    /// <summary>Profiled seconds of encoding, decoding and packaging per clip second.</summary>
    public double SecondsPerClipSecond { get; init; }

    /// <summary>Windows in a clip of that length: <c>1 + ceil((seconds − window) / stride)</c>, at least 1.</summary>
    public int Windows(int seconds) =>
        seconds <= WindowSeconds ? 1 : 1 + (int)Math.Ceiling((seconds - WindowSeconds) / WindowStrideSeconds);

    /// <summary>Expected device seconds for a whole clip, from the profile; guidance 1 halves the denoising.</summary>
    public double EstimateSeconds(int seconds, int steps, float guidanceScale) =>
        (Windows(seconds) * steps * SecondsPerStep * (guidanceScale > 1 ? 1 : 0.5)) + (seconds * SecondsPerClipSecond);
}
