using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Media.Tests;

public sealed class MediaOptionsTests
{
    public static TheoryData<string, MediaOptions> OutOfRange() => new()
    {
        { nameof(MediaOptions.StallLimit), new MediaOptions { StallLimit = TimeSpan.Zero } },
        { nameof(MediaOptions.Quality), new MediaOptions { Quality = 52 } },
        { nameof(MediaOptions.Preset), new MediaOptions { Preset = "fastest -i /etc/passwd" } },
        { nameof(MediaOptions.EncoderThreads), new MediaOptions { EncoderThreads = 0 } },
        { nameof(MediaOptions.Encoders), new MediaOptions { Encoders = 0 } },
        { nameof(MediaOptions.SoundBitrate), new MediaOptions { SoundBitrate = 1 } },
        { nameof(MediaOptions.SpriteFrames), new MediaOptions { SpriteFrames = 101 } },
        { nameof(MediaOptions.SpriteTileSide), new MediaOptions { SpriteTileSide = 31 } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void Constructor_OptionOutOfRange_NamesIt(string option, MediaOptions options)
    {
        var e = Assert.Throws<ValidationException>(() => new ClipWriter(options, TimeProvider.System));

        Assert.Equal([option], e.ValidationResult.MemberNames);
    }

    [Fact]
    public void Constructor_Defaults_AreInRange() => Assert.NotNull(new ClipWriter(new MediaOptions(), TimeProvider.System));
}
