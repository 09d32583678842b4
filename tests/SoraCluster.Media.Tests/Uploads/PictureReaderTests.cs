namespace SoraCluster.Media.Tests.Uploads;

public sealed class PictureReaderTests : MediaLab
{
    private PictureReader Reader => new(new MediaOptions(), Folder, Clock);

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

        var picture = new Image(await Reader.ReadAsync(new MemoryStream(png), 64, 64), 64, 64);

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

        var rgb = await Reader.ReadAsync(new MemoryStream(png), 16, 8);

        Assert.Equal([.. Enumerable.Range(0, 128).SelectMany(i => new[] { (byte)(i % 16 * 15), (byte)(i / 16 * 30), (byte)(i % 16 * (i / 16)) })], rgb);
    }

    [Fact]
    public async Task Read_HalfAPicture_IsInvalidInput()
    {
        var png = Png(64, 64, (x, y) => ((byte)(x * y), (byte)(x ^ y), (byte)(x + y)));

        var broken = await Assert.ThrowsAsync<MediaException>(() => Reader.ReadAsync(new MemoryStream(png[..^200]), 32, 32));

        Assert.Equal(MediaFailure.InvalidInput, broken.Failure);
        Assert.Empty(Directory.GetDirectories(Folder));
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
