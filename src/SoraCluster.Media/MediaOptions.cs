using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Media;

/// <summary>How clips are packaged. Immutable once handed over; checked by whoever takes it.</summary>
public sealed class MediaOptions
{
    /// <summary>
    /// The ffmpeg program, or the folder that holds it; ffprobe is looked for beside it first. Default null: the environment
    /// variable <c>SORA_FFMPEG</c>, else <c>PATH</c>.
    /// </summary>
    public string? FfmpegPath { get; set; }

    /// <summary>
    /// How long the tool may go without taking input or growing its output before it is killed. The time in which it waits
    /// for us does not count. Default 1 minute; 1 second to 1 hour.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan StallLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>x264's constant rate factor: lower is better and larger. Default 18 (no loss that one sees); 0 to 40.</summary>
    [Range(0, 40)]
    public int Quality { get; set; } = 18;

    /// <summary>x264's preset: effort against size, hardly against quality. Default <c>veryfast</c>.</summary>
    [AllowedValues("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower")]
    public string Preset { get; set; } = "veryfast";

    /// <summary>
    /// Threads of the encoder. Part of the result: the same clip encoded with another count has other bytes, which is why it
    /// is not taken from the machine. Default 2; 1 to 32.
    /// </summary>
    [Range(1, 32)]
    public int EncoderThreads { get; set; } = 2;

    /// <summary>
    /// Clips that one writer encodes at a time; more wait their turn. Encoders beside each other on the same cores finish no sooner, and
    /// everything else waits behind all of them. Default: one for two processors; 1 to 64.
    /// </summary>
    [Range(1, 64)]
    public int Encoders { get; set; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 64);

    /// <summary>Kilobits per second of the sound track, 48 kHz mono AAC. Default 96; 32 to 256.</summary>
    [Range(32, 256)]
    public int SoundBitrate { get; set; } = 96;

    /// <summary>Frames on a sprite sheet; a shorter clip has as many as it has frames. Default 16; 1 to 100.</summary>
    [Range(1, 100)]
    public int SpriteFrames { get; set; } = 16;

    /// <summary>Pixels of the longer side of a sprite tile. Default 160; 32 to 512. Even tiles: an odd value loses one.</summary>
    [Range(32, 512)]
    public int SpriteTileSide { get; set; } = 160;

    public UploadLimits Uploads { get; set; } = new();

    /// <summary>Returns itself, for constructors.</summary>
    /// <exception cref="ValidationException">A value is out of range; names the option.</exception>
    internal MediaOptions Checked()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        Validator.ValidateObject(Uploads, new ValidationContext(Uploads), validateAllProperties: true);
        return this;
    }
}
