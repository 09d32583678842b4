using SoraCluster.Domain.Steps;

namespace SoraCluster.Domain.Jobs;

/// <summary>What was asked for, resolved once at submission and never changed after: the same spec gives the same clip.</summary>
public sealed record JobSpec
{
    /// <summary><c>video_…</c>; derived from owner and idempotency key where one was sent.</summary>
    public required string Id { get; init; }
    public required string Owner { get; init; }
    /// <summary>The model name as the client sent it (may be an alias).</summary>
    public required string Model { get; init; }
    /// <summary>The pack it was resolved to.</summary>
    public required string Pack { get; init; }
    public required string Prompt { get; init; }
    /// <summary>What the pack reads, where it is not <see cref="Prompt"/> itself: derived from a structured prompt, see <see cref="TimedText.Join"/>.</summary>
    public string? Conditioning { get; init; }
    /// <summary>The parts of a structured prompt, as JSON.</summary>
    public string? Script { get; init; }
    public string? NegativePrompt { get; init; }
    public required ulong Seed { get; init; }
    /// <summary>Length of the clip, in seconds.</summary>
    public required int Seconds { get; init; }
    /// <summary>Size of the delivered clip in pixels, <c>WxH</c>.</summary>
    public required string Size { get; init; }
    /// <summary>Size the pack generates at, <c>WxH</c>.</summary>
    public required string NativeSize { get; init; }
    /// <summary>Denoising steps per window, 1 to 1000.</summary>
    public required int Steps { get; init; }
    /// <summary>Classifier-free guidance; 1 turns it off.</summary>
    public required float GuidanceScale { get; init; }
    public bool Audio { get; init; } = true;
    /// <summary>A style preset of the pack, if one was asked for.</summary>
    public string? Style { get; init; }
    /// <summary>Language of the prompt as the client told it, BCP 47; a hint.</summary>
    public string? Language { get; init; }
    public ServiceClass Class { get; init; } = ServiceClass.Standard;
    /// <summary>The owner's share of the devices relative to other users of the class, above 0.</summary>
    public double Weight { get; init; } = 1;
    /// <summary>SHA-256 over the request body, hex: the same idempotency key with another body is a conflict.</summary>
    public string? RequestDigest { get; init; }
    /// <summary>The request's place in its trace (W3C <c>traceparent</c>): what is done for the job belongs to it. Changes nothing else.</summary>
    public string? TraceParent { get; init; }
    /// <summary>The clip this one was made from, if any.</summary>
    public string? SourceJobId { get; init; }
    /// <summary>The other clip of a blend.</summary>
    public string? OtherSourceJobId { get; init; }
    /// <summary>Copy of the source's latents among this job's own artifacts: the source may be deleted while this one waits.</summary>
    public string? SourceLatents { get; init; }
    /// <summary>The same of <see cref="OtherSourceJobId"/>.</summary>
    public string? OtherSourceLatents { get; init; }
    /// <summary>Length of the source, in seconds; 0 without one.</summary>
    public int SourceSeconds { get; init; }
    /// <summary>How it was made from <see cref="SourceJobId"/>.</summary>
    public JobOperation Operation { get; init; }
    /// <summary>For operations that start from a source: the share of the noise schedule that is run again, above 0 to 1 (all).</summary>
    public float Strength { get; init; } = 1f;
    /// <summary>
    /// What was uploaded for the clip to start from, among this job's own artifacts: a picture (PNG) where it is created, a clip (MP4) where one is edited or
    /// extended. Null without one.
    /// </summary>
    public string? InputArtifact { get; init; }
}
