using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Media;

/// <summary>How much an uploaded file may ask of the machine.</summary>
public sealed record UploadLimits
{
    /// <summary>Pixels of a picture. Default 50 million (a large photograph); 4096 to 500 million.</summary>
    [Range(4096, 500_000_000)]
    public long PicturePixels { get; init; } = 50_000_000;

    /// <summary>Pixels of a clip's frame. Default 4096 × 2304; 4096 to 500 million.</summary>
    [Range(4096, 500_000_000)]
    public long ClipPixels { get; init; } = 4096 * 2304;

    /// <summary>Length of a clip. Default 30 s; 1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan ClipLength { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one tool may work on one file before it is killed. Default 60 s; 1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Address space of the tool, in bytes; ffmpeg with its libraries needs half a GiB for nothing. Default 2 GiB; 512 MiB to
    /// 64 GiB. Windows has no such limit.
    /// </summary>
    [Range(512L << 20, 64L << 30)]
    public long Memory { get; init; } = 2L << 30;

    /// <summary>Files worked on at the same time; more wait. Default 2; 1 to 64.</summary>
    [Range(1, 64)]
    public int AtOnce { get; init; } = 2;

    public long Pixels(UploadKind kind) => kind is UploadKind.Picture ? PicturePixels : ClipPixels;
}
