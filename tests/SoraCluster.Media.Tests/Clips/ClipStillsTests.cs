using System.Text;

namespace SoraCluster.Media.Tests.Clips;

public sealed class ClipStillsTests : MediaLab
{
    private string Thumbnail => Path.Combine(Folder, "thumbnail.jpg");

    private string Sheet => Path.Combine(Folder, "sheet.jpg");

    [Fact]
    public async Task WriteAsync_Clip_GivesTheMiddleFrameAndASheetOfEvenlySpacedFrames()
    {
        var layout = await WriteAsync(frames: 20, tiles: 5);

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
        var layout = await WriteAsync(frames, tiles: 16);

        Assert.Equal((columns, rows), (layout.Columns, layout.Rows));
        Assert.Equal(Enumerable.Range(0, frames), layout.Frames);
        Assert.Equal(columns * layout.TileWidth * rows * layout.TileHeight * 3, Decode(Sheet).Length);
    }

    [Fact]
    public async Task WriteAsync_Always_MarksAndLabelsBoth()
    {
        await WriteAsync(frames: 4, tiles: 4);

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
        await WriteAsync(frames: 6, tiles: 4);
        byte[][] first = [.. All()];

        await WriteAsync(frames: 6, tiles: 4);

        Assert.Equal(first, All());

        IEnumerable<byte[]> All() => ((string[])[Target, Thumbnail, Sheet]).Select(File.ReadAllBytes);
    }

    [Fact]
    public async Task WriteAsync_WithStillsOrWithout_IsTheSameClip()
    {
        await WriteAsync(frames: 6, tiles: 4);
        var with = File.ReadAllBytes(Target);
        var spec = Spec(6);

        await Writer.WriteAsync(spec, Frames(spec, Colour), Tone(), Target);

        Assert.Equal(with, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task WriteAsync_NoPlaceForAStill_IsAStorageErrorAndLeavesNothing()
    {
        var spec = Spec(4);
        var stills = new ClipStills(Path.Combine(Folder, "none", "thumbnail.jpg"), Sheet);

        var e = await Assert.ThrowsAsync<MediaException>(() => Writer.WriteAsync(spec, Frames(spec, Colour), null, Target, stills));

        Assert.Equal(MediaFailure.Storage, e.Failure);
        AssertOnly();
    }

    private static (byte R, byte G, byte B) Colour(int frame) => ((byte)(20 + (frame * 9)), 90, (byte)(200 - (frame * 9)));

    private static ClipSpec Spec(int frames) => new(32, 18, 320, 180, 8, frames);

    private async Task<SpriteLayout> WriteAsync(int frames, int tiles)
    {
        var (spec, options) = (Spec(frames), new MediaOptions { SpriteFrames = tiles });
        await new ClipWriter(options, Clock).WriteAsync(spec, Frames(spec, Colour), Tone(), Target, new(Thumbnail, Sheet));
        return SpriteLayout.Plan(spec, options);
    }
}
