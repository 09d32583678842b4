namespace SoraCluster.Media.Tests.Uploads;

public sealed class UploadReaderTests : MediaLab
{
    private UploadReader Reader => new(new MediaOptions(), Folder, Clock);

    [Theory]
    [InlineData(96, 32)] // broader than asked for: the sides go
    [InlineData(32, 96)] // taller: top and bottom go
    [InlineData(640, 640)]
    [InlineData(8, 8)]
    public async Task Read_AnyShape_IsItsMiddleAtTheSizeAskedFor(int width, int height)
    {
        // Green at the edges of the longer side, and a middle square of red above blue.
        var side = Math.Min(width, height);
        var png = Png(width, height, (x, y) =>
            Math.Abs((2 * x) + 1 - width) > side || Math.Abs((2 * y) + 1 - height) > side ? ((byte)0, (byte)255, (byte)0)
            : 2 * y < height ? ((byte)255, (byte)0, (byte)0)
            : ((byte)0, (byte)0, (byte)255));

        var picture = new Image(await Reader.ReadPictureAsync(new MemoryStream(png), 64, 64), 64, 64);

        foreach (var x in (int[])[4, 32, 59])
        {
            picture.AssertNear((255, 0, 0), x, 8);
            picture.AssertNear((0, 0, 255), x, 55);
        }
    }

    [Fact]
    public async Task Read_PictureOfThatSize_KeepsEveryByte()
    {
        var png = Png(16, 8, (x, y) => ((byte)(x * 15), (byte)(y * 30), (byte)(x * y)));

        var rgb = await Reader.ReadPictureAsync(new MemoryStream(png), 16, 8);

        Assert.Equal([.. Enumerable.Range(0, 128).SelectMany(i => new[] { (byte)(i % 16 * 15), (byte)(i / 16 * 30), (byte)(i % 16 * (i / 16)) })], rgb);
    }

    [Fact]
    public async Task Read_HalfAPicture_IsInvalidInput()
    {
        var png = Png(64, 64, (x, y) => ((byte)(x * y), (byte)(x ^ y), (byte)(x + y)));

        var broken = await Assert.ThrowsAsync<MediaException>(() => Reader.ReadPictureAsync(new MemoryStream(png[..^200]), 32, 32));

        Assert.Equal(MediaFailure.InvalidInput, broken.Failure);
        Assert.Empty(Directory.GetDirectories(Folder));
    }

    [Theory]
    [InlineData(25, 2.0)]
    [InlineData(8, 2.0)]
    [InlineData(30, 1.7)] // shorter than asked for: the last picture goes on
    public async Task ReadClip_AnyRate_HasThePicturesAndTheSoundOfItsTime(int rate, double seconds)
    {
        // Red for a second, then blue; a tone from the beginning to the end.
        var length = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var mp4 = Mp4(
            "-f", "lavfi", "-i", $"color=c=red:s=96x32:r={rate}:d={length},drawbox=c=blue:t=fill:enable='gte(t,1)'",
            "-f", "lavfi", "-i", $"sine=f=500:r=44100:d={length}", "-pix_fmt", "yuv420p");

        var (rgb, samples) = await Reader.ReadClipAsync(new MemoryStream(mp4), 16, 16, 8, 16, 16000);

        Assert.Equal(16 * 16 * 16 * 3, rgb.Length);
        var first = new Image(rgb[..(16 * 16 * 3)], 16, 16);
        var last = new Image(rgb[^(16 * 16 * 3)..], 16, 16);
        first.AssertNear((255, 0, 0), 8, 8);
        last.AssertNear((0, 0, 255), 8, 8);
        Assert.Equal(32000, samples.Length);
        var heard = samples.AsSpan(4000, 16000).ToArray();
        Assert.Equal(1000, heard.Zip(heard.Skip(1)).Count(pair => pair.First < 0 != pair.Second < 0), 20.0); // 500 Hz cross zero a thousand times a second
    }

    [Fact]
    public async Task ReadClip_Silent_IsSilence()
    {
        var mp4 = Mp4("-f", "lavfi", "-i", "color=c=red:s=32x32:r=8:d=1", "-pix_fmt", "yuv420p");

        var (rgb, samples) = await Reader.ReadClipAsync(new MemoryStream(mp4), 16, 16, 8, 8, 16000);

        Assert.Equal(8 * 16 * 16 * 3, rgb.Length);
        Assert.Equal(new float[16000], samples);
    }

    [Fact]
    public async Task ReadClip_HalfAClip_IsInvalidInput()
    {
        var mp4 = Mp4("-f", "lavfi", "-i", "testsrc=s=64x64:r=8:d=1", "-pix_fmt", "yuv420p");

        var broken = await Assert.ThrowsAsync<MediaException>(() => Reader.ReadClipAsync(new MemoryStream(mp4[..200]), 16, 16, 8, 8, 0));

        Assert.Equal(MediaFailure.InvalidInput, broken.Failure);
        Assert.Empty(Directory.GetDirectories(Folder));
    }

    private byte[] Mp4(params string[] arguments)
    {
        var file = Path.Combine(Folder, "clip.mp4");
        Run("ffmpeg", ["-v", "error", "-y", .. arguments, file]);
        return File.ReadAllBytes(file);
    }

    private byte[] Png(int width, int height, Func<int, int, (byte R, byte G, byte B)> pixel)
    {
        var (raw, png) = (Path.Combine(Folder, "raw"), Path.Combine(Folder, "picture.png"));
        File.WriteAllBytes(raw, [.. Enumerable.Range(0, width * height).SelectMany(i =>
        {
            var (r, g, b) = pixel(i % width, i / width);
            return new[] { r, g, b };
        })]);
        Run("ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", $"{width}x{height}", "-i", raw, png);
        return File.ReadAllBytes(png);
    }
}
