using System.Text;

namespace SoraCluster.Media.Tests.Clips;

public sealed class ClipStillsTests : MediaLab
{
    private string Thumbnail => Path.Combine(Folder, "thumbnail.jpg");

    private string Sheet => Path.Combine(Folder, "sheet.jpg");

    [Fact]
    public async Task WriteAsync_Clip_GivesTheMiddleFrameAndASheetOfEvenlySpacedFrames()
    {
        var clip = await ClipAsync(frames: 20);

        var layout = await Stills(tiles: 5).WriteAsync(clip, Thumbnail, Sheet);

        Assert.Equal((3, 2, 160, 90), (layout.Columns, layout.Rows, layout.TileWidth, layout.TileHeight));
        Assert.Equal([2, 6, 10, 14, 18], layout.Frames);
        var thumbnail = new Image(Decode(Thumbnail), 320, 180);
        Assert.Equal(1, thumbnail.FrameCount);
        thumbnail.AssertNear(Colour(10), 120, 60);
        var sheet = new Image(Decode(Sheet), 480, 180);
        Assert.Equal(1, sheet.FrameCount);
        for (var tile = 0; tile < 5; tile++)
        {
            sheet.AssertNear(Colour(layout.Frames[tile]), (tile % 3 * 160) + 60, (tile / 3 * 90) + 30);
        }

        sheet.AssertNear((0, 0, 0), 380, 110);
        AssertOnly("clip.mp4", "sheet.jpg", "thumbnail.jpg");
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 2, 2)]
    [InlineData(16, 4, 4)]
    public async Task WriteAsync_FewerFramesThanTiles_ShowsEachOnce(int frames, int columns, int rows)
    {
        var layout = await Stills(tiles: 16).WriteAsync(await ClipAsync(frames), Thumbnail, Sheet);

        Assert.Equal((columns, rows), (layout.Columns, layout.Rows));
        Assert.Equal(Enumerable.Range(0, frames), layout.Frames);
        Assert.Equal(columns * layout.TileWidth * rows * layout.TileHeight * 3, Decode(Sheet).Length);
    }

    [Fact]
    public async Task WriteAsync_Always_MarksAndLabelsBoth()
    {
        var clip = await ClipAsync(frames: 4);

        await Stills(tiles: 4).WriteAsync(clip, Thumbnail, Sheet);

        Assert.Contains(new Image(Decode(Thumbnail), 320, 180).Greys(160, 130, 160, 50), grey => grey > 225);
        Assert.Contains(new Image(Decode(Sheet), 320, 180).Greys(160, 130, 160, 50), grey => grey > 225);
        foreach (var file in (string[])[Thumbnail, Sheet])
        {
            var bytes = File.ReadAllBytes(file);
            Assert.Contains(AiLabel.DigitalSourceType, Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);

            // SOI, JFIF's segment, then ours with its full length: a reader that walks the segments arrives at the next marker.
            var second = 4 + ((bytes[4] << 8) | bytes[5]);
            Assert.Equal([0xFF, 0xE1], bytes[second..(second + 2)]);
            Assert.Equal(0xFF, bytes[second + 2 + ((bytes[second + 2] << 8) | bytes[second + 3])]);
        }
    }

    [Fact]
    public async Task WriteAsync_Twice_GivesTheSameBytes()
    {
        var clip = await ClipAsync(frames: 6);
        await Stills(tiles: 4).WriteAsync(clip, Thumbnail, Sheet);
        byte[][] first = [File.ReadAllBytes(Thumbnail), File.ReadAllBytes(Sheet)];

        await Stills(tiles: 4).WriteAsync(clip, Thumbnail, Sheet);

        Assert.Equal(first, [File.ReadAllBytes(Thumbnail), File.ReadAllBytes(Sheet)]);
    }

    [Fact]
    public async Task WriteAsync_BrokenClip_LeavesNothing()
    {
        var clip = await ClipAsync(frames: 4);
        File.WriteAllText(Target, "no longer a clip");

        var e = await Assert.ThrowsAsync<MediaException>(() => Stills(tiles: 4).WriteAsync(clip, Thumbnail, Sheet));

        Assert.Equal(MediaFailure.ToolFailed, e.Failure);
        AssertOnly("clip.mp4");
    }

    [Fact]
    public async Task WriteAsync_SoundOnly_IsRefused()
    {
        var clip = await ClipAsync(frames: 4) with { Picture = null };

        var e = await Assert.ThrowsAsync<MediaException>(() => Stills(tiles: 4).WriteAsync(clip, Thumbnail, Sheet));

        Assert.Equal(MediaFailure.InvalidInput, e.Failure);
    }

    private static (byte R, byte G, byte B) Colour(int frame) => ((byte)(20 + (frame * 9)), 90, (byte)(200 - (frame * 9)));

    private ClipStills Stills(int tiles) => new(new MediaOptions { SpriteFrames = tiles }, Clock);

    private Task<ClipInfo> ClipAsync(int frames)
    {
        var spec = new ClipSpec(32, 18, 320, 180, 8, frames);
        return Writer.WriteAsync(spec, Frames(spec, Colour), null, Target);
    }
}
