using System.Buffers.Binary;
using System.Text;

namespace SoraCluster.Media.Tests.Uploads;

/// <summary>Real files, good and bad, through real decoders.</summary>
public sealed class UploadCleanerTests : MediaLab
{
    private string Clean => Path.Combine(Folder, "clean");

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    [InlineData("webp")]
    public async Task Clean_Picture_IsTheSamePictureAsPng(string type)
    {
        await CleanAsync(Picture(type), UploadKind.Picture);

        Assert.Equal((64, 48), await SizeOfAsync(Clean));
        new Image(Decode(Clean), 64, 48).AssertNear((200, 60, 20), 32, 24, tolerance: 12);
        Assert.Equal(["IHDR", "pHYs", "IDAT", "IEND"], PngChunks(File.ReadAllBytes(Clean)).Distinct());
    }

    [Fact]
    public async Task Clean_JpegWithExif_StandsUprightAndSaysNothingOfItsMaker()
    {
        var photo = Write("photo.jpg", WithExif(File.ReadAllBytes(Picture("jpg")), orientation: 6));

        await CleanAsync(photo, UploadKind.Picture);

        Assert.Equal((48, 64), await SizeOfAsync(Clean));
        Assert.Equal(-1, File.ReadAllBytes(Clean).AsSpan().IndexOf("SecretCam"u8));
        Assert.Equal(["IHDR", "pHYs", "IDAT", "IEND"], PngChunks(File.ReadAllBytes(Clean)).Distinct());
    }

    [Fact]
    public async Task Clean_Polyglot_LosesWhatWasHidden()
    {
        var polyglot = Write("both.png", [.. File.ReadAllBytes(Picture("png")), .. "PK\u0003\u0004<script>alert(1)</script>"u8]);

        await CleanAsync(polyglot, UploadKind.Picture);

        Assert.Equal(-1, File.ReadAllBytes(Clean).AsSpan().IndexOf("script"u8));
    }

    [Fact]
    public async Task Clean_Clip_KeepsPictureAndSoundAndNothingElse()
    {
        var clip = Clip("clip.mp4", "-metadata", "location=+48.8577+002.295/", "-metadata", "title=SecretTitle");

        await CleanAsync(clip, UploadKind.Clip);

        var info = await new ClipProbe(new(), TimeProvider.System).ProbeAsync(Clean);
        Assert.Equal(("h264", 64, 48, "aac"), (info.Picture!.Codec, info.Picture.Width, info.Picture.Height, info.Sound!.Codec));
        Assert.Equal(2, info.Duration.TotalSeconds, 0.1);
        Assert.Equal(-1, File.ReadAllBytes(Clean).AsSpan().IndexOf("SecretTitle"u8));
        Assert.Equal(-1, File.ReadAllBytes(Clean).AsSpan().IndexOf("+48.8577"u8));
    }

    [Fact]
    public async Task Clean_LargeClip_IsMadeSmaller()
    {
        var clip = Path.Combine(Folder, "large.mp4");
        Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=2560x1441:d=0.5:r=4", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p", clip);

        await CleanAsync(clip, UploadKind.Clip);

        Assert.Equal((1920, 1080), await SizeOfAsync(Clean));
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    [InlineData("webp")]
    public async Task Clean_TruncatedPicture_IsDamaged(string type)
    {
        var whole = File.ReadAllBytes(Picture(type));
        await RefusedAsync(Write("half." + type, whole[..(whole.Length * 2 / 3)]), UploadKind.Picture, MediaFailure.InvalidInput);
        await RefusedAsync(Write("head." + type, whole[..20]), UploadKind.Picture, MediaFailure.InvalidInput);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clean_TruncatedClip_IsDamaged(bool indexFirst)
    {
        var whole = File.ReadAllBytes(indexFirst ? Clip("clip.mp4", "-movflags", "+faststart") : Clip("clip.mp4"));
        await RefusedAsync(Write("half.mp4", whole[..(whole.Length * 2 / 3)]), UploadKind.Clip, MediaFailure.InvalidInput);
    }

    [Theory]
    [InlineData("text named .png")]
    [InlineData("")]
    [InlineData("#EXTM3U\nfile:///etc/passwd")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("GIF89a............................")]
    public async Task Clean_NoMediaWhateverItsName_IsUnknown(string text)
    {
        await RefusedAsync(Write("a.png", Encoding.UTF8.GetBytes(text)), UploadKind.Picture, MediaFailure.UnknownFormat);
        await RefusedAsync(Write("a.mp4", Encoding.UTF8.GetBytes(text)), UploadKind.Clip, MediaFailure.UnknownFormat);
    }

    [Fact]
    public async Task Clean_TheOtherKind_IsUnknown()
    {
        await RefusedAsync(Picture("png"), UploadKind.Clip, MediaFailure.UnknownFormat);
        await RefusedAsync(Clip("clip.mp4"), UploadKind.Picture, MediaFailure.UnknownFormat);
    }

    [Fact]
    public async Task Clean_PlaylistBehindASignature_IsNotFollowed()
    {
        byte[] playlist = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, .. "\n#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"u8];
        await RefusedAsync(Write("a.png", playlist), UploadKind.Picture, MediaFailure.InvalidInput);
        byte[] clip = [0, 0, 0, 16, .. "ftypisom\0\0\0\0"u8, .. "\n#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"u8];
        await RefusedAsync(Write("a.mp4", clip), UploadKind.Clip, MediaFailure.InvalidInput);
    }

    [Theory]
    [InlineData("png")]
    [InlineData("jpg")]
    [InlineData("webp")]
    public async Task Clean_DecompressionBomb_IsRefusedBeforeAnyDecoderRuns(string type)
    {
        var bomb = Path.Combine(Folder, "bomb." + type);
        Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=s=8000x8000", "-frames:v", "1", "-pix_fmt", type == "png" ? "gray" : "yuvj420p", bomb);

        var e = await RefusedAsync(bomb, UploadKind.Picture, MediaFailure.TooManyPixels, new() { FfmpegPath = FakeFfmpeg("exit 1") });

        Assert.Contains("8000 x 8000", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clean_ClipOverALimit_SaysWhich()
    {
        var clip = Clip("clip.mp4");
        await RefusedAsync(clip, UploadKind.Clip, MediaFailure.TooLong, With(new() { ClipLength = TimeSpan.FromSeconds(1) }));

        var wide = Path.Combine(Folder, "wide.mp4");
        Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=s=256x128:d=1:r=4", "-c:v", "libx264", wide);
        await RefusedAsync(wide, UploadKind.Clip, MediaFailure.TooManyPixels, With(new() { ClipPixels = 4096 }));
    }

    [Fact]
    public async Task Clean_ClipThatSaysItIsShort_IsTooLongByWhatItHolds()
    {
        // The sample table tells of two seconds, every header of a moment.
        var clip = File.ReadAllBytes(Clip("clip.mp4"));
        foreach (var (box, offset) in new[] { ("mvhd", 20), ("tkhd", 24), ("mdhd", 20) })
        {
            for (var at = 0; (at = clip.AsSpan(at).IndexOf(Encoding.ASCII.GetBytes(box)) is >= 0 and var i ? at + i + 4 : -1) > 0;)
            {
                BinaryPrimitives.WriteInt32BigEndian(clip.AsSpan(at + offset - 4), 1);
            }
        }

        await RefusedAsync(Write("liar.mp4", clip), UploadKind.Clip, MediaFailure.TooLong, With(new() { ClipLength = TimeSpan.FromSeconds(1) }));
    }

    [Fact]
    public async Task Clean_DecoderThatHangs_IsKilledWhenItsTimeIsOver()
    {
        var cleaner = new UploadCleaner(new() { FfmpegPath = FakeFfmpeg("sleep 1000; true"), Uploads = new() { Time = TimeSpan.FromSeconds(5) } }, Clock);

        var cleaning = cleaner.CleanAsync(Picture("png"), UploadKind.Picture, Clean);
        while (!cleaning.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Equal(MediaFailure.TooCostly, (await Assert.ThrowsAsync<MediaException>(() => cleaning)).Failure);
    }

    [Fact]
    public async Task Clean_Decoder_HasItsMemoryLimited()
    {
        var tool = FakeFfmpeg("for last; do :; done; ulimit -v > \"${last#file:}\"");

        await CleanAsync(Picture("png"), UploadKind.Picture, With(new() { Memory = 3L << 30 }, tool));

        Assert.Equal($"{3L << 20}", File.ReadAllText(Clean).Trim());
    }

    [Fact]
    public async Task Clean_MoreMemoryThanAllowed_IsTooCostly()
    {
        var large = Path.Combine(Folder, "large.png");
        Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=s=12000x12000", "-frames:v", "1", "-pix_fmt", "gray", large);

        await RefusedAsync(
            large, UploadKind.Picture, MediaFailure.TooCostly,
            With(new() { PicturePixels = 500_000_000, Memory = 512L << 20, Time = TimeSpan.FromSeconds(10) }));
    }

    private static MediaOptions With(UploadLimits limits, string? ffmpeg = null) => new() { Uploads = limits, FfmpegPath = ffmpeg };

    private async Task CleanAsync(string file, UploadKind kind, MediaOptions? options = null)
    {
        using var cleaner = new UploadCleaner(options ?? new(), TimeProvider.System);
        await cleaner.CleanAsync(file, kind, Clean);
    }

    /// <summary>Refused so, and nothing is left beside the file.</summary>
    private async Task<MediaException> RefusedAsync(string file, UploadKind kind, MediaFailure failure, MediaOptions? options = null)
    {
        var before = Directory.GetFileSystemEntries(Folder).Order().ToArray();
        var e = await Assert.ThrowsAsync<MediaException>(() => CleanAsync(file, kind, options));
        Assert.Equal((failure, e.Message), (e.Failure, e.Message));
        Assert.Equal(before, Directory.GetFileSystemEntries(Folder).Order());
        return e;
    }

    private static async Task<(int Width, int Height)> SizeOfAsync(string file)
    {
        var picture = (await new ClipProbe(new(), TimeProvider.System).ProbeAsync(file)).Picture!;
        return (picture.Width, picture.Height);
    }

    private string Write(string name, byte[] bytes)
    {
        var file = Path.Combine(Folder, name);
        File.WriteAllBytes(file, bytes);
        return file;
    }

    /// <summary>64 × 48, noise around one colour, so that no part of the file is without meaning.</summary>
    private string Picture(string type)
    {
        var file = Path.Combine(Folder, "picture." + type);
        Run("ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "color=0xC83C14:s=64x48,format=rgb24,noise=alls=8:all_seed=1", "-frames:v", "1", file);
        return file;
    }

    /// <summary>Two seconds with sound.</summary>
    private string Clip(string name, params string[] more)
    {
        var file = Path.Combine(Folder, name);
        Run("ffmpeg",
        [
            "-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x48:d=2:r=8", "-f", "lavfi", "-i", "sine=d=2",
            "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", .. more, file,
        ]);
        return file;
    }

    private static IEnumerable<string> PngChunks(byte[] png)
    {
        for (var at = 8; at < png.Length; at += 12 + BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at)))
        {
            yield return Encoding.ASCII.GetString(png, at + 4, 4);
        }
    }

    /// <summary>As a telephone writes it: maker, orientation and place.</summary>
    private static byte[] WithExif(byte[] jpeg, byte orientation)
    {
        byte[] tiff =
        [
            .. "II*\0"u8, 8, 0, 0, 0, 3, 0,
            0x0F, 0x01, 2, 0, 10, 0, 0, 0, 50, 0, 0, 0, // maker: ten characters at 50
            0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0,
            0x25, 0x88, 4, 0, 1, 0, 0, 0, 60, 0, 0, 0, // place: its own table at 60
            0, 0, 0, 0,
            .. "SecretCam\0"u8,
            1, 0, 1, 0, 2, 0, 2, 0, 0, 0, (byte)'N', 0, 0, 0, 0, 0, 0, 0,
        ];
        byte[] segment = [0xFF, 0xE1, 0, (byte)(tiff.Length + 8), .. "Exif\0\0"u8, .. tiff];
        return [.. jpeg[..2], .. segment, .. jpeg[2..]];
    }
}
