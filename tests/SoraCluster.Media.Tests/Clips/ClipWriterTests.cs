using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace SoraCluster.Media.Tests.Clips;

public sealed class ClipWriterTests : MediaLab
{
    [Fact]
    public async Task WriteAsync_PictureAndSound_IsTheMp4ThatWasAskedFor()
    {
        var spec = Spec(720, 1280, frames: 16);

        var info = await WriteAsync(spec, Grey(spec), Tone(32_000));

        Assert.Equal(("h264", "yuv420p"), (info.Picture!.Codec, info.Picture.PixelFormat));
        Assert.Equal((720, 1280), (info.Picture.Width, info.Picture.Height));
        Assert.Equal(("aac", 48_000, 1), (info.Sound!.Codec, info.Sound.SampleRate, info.Sound.Channels));
        Assert.Equal((Target, new FileInfo(Target).Length), (info.Path, info.Bytes));
        Assert.Equal(8, info.Picture.FramesPerSecond);
        AssertOnly("clip.mp4");
        using var json = JsonDocument.Parse(
            Run("ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", Target));
        var stream = json.RootElement.GetProperty("streams")[0];
        Assert.Equal("16", stream.GetProperty("nb_read_frames").GetString());
        string[] colour = ["color_space", "color_transfer", "color_primaries"];
        Assert.All(colour, name => Assert.Equal("bt709", stream.GetProperty(name).GetString()));
        Assert.Equal("tv", stream.GetProperty("color_range").GetString());
    }

    [Fact]
    public async Task WriteAsync_Always_PutsTheIndexFirstAndFillsTheFileWithBoxes()
    {
        var spec = Spec();

        await Writer.WriteAsync(spec, Grey(spec), Tone(), Target);

        var boxes = Boxes(File.ReadAllBytes(Target));
        Assert.Equal("ftyp", boxes[0]);
        Assert.InRange(boxes.IndexOf("moov"), 1, boxes.IndexOf("mdat") - 1);
        Assert.Equal("uuid", boxes[^1]);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(7, 24)]
    [InlineData(11, 30)]
    [InlineData(9, 7)]
    public async Task WriteAsync_AnyFrameCount_LastsExactlyThatLong(int frames, int rate)
    {
        var spec = Spec(64, 64, frames, rate);

        var info = await WriteAsync(spec, Grey(spec), Tone(100_000));

        // ffprobe prints microseconds; a sound is whole samples.
        var exact = (double)frames / rate;
        Assert.Equal(exact, info.Duration.TotalSeconds, 2e-6 + (1.0 / 16_000));
        Assert.Equal(exact, info.Picture!.Duration.TotalSeconds, 2e-6);
        Assert.Equal(exact, info.Sound!.Duration.TotalSeconds, 1.0 / 16_000);
        Assert.Equal(frames, info.Picture.FrameCount);
    }

    [Fact]
    public async Task WriteAsync_OtherShape_FitsThePictureBetweenBlackBarsInTrueColours()
    {
        var spec = Spec(320, 180, frames: 2);
        (byte, byte, byte)[] colours = [(210, 60, 40), (30, 90, 200)];

        await Writer.WriteAsync(spec, Frames(spec, i => colours[i]), null, Target);

        var image = new Image(Decode(Target), 320, 180);
        for (var frame = 0; frame < 2; frame++)
        {
            image.AssertNear(colours[frame], 160, 90, frame);
            image.AssertNear(colours[frame], 74, 4, frame);
            image.AssertNear((0, 0, 0), 40, 90, frame);
            image.AssertNear((0, 0, 0), 280, 90, frame);
        }
    }

    [Fact]
    public async Task WriteAsync_SameInputTwice_GivesTheSameBytes()
    {
        var spec = Spec();
        var other = Path.Combine(Folder, "other.mp4");

        await Writer.WriteAsync(spec, Frames(spec, i => ((byte)(i * 50), 100, 9)), Tone(), Target);
        await Writer.WriteAsync(spec, Frames(spec, i => ((byte)(i * 50), 100, 9)), Tone(), other);

        Assert.Equal(File.ReadAllBytes(Target), File.ReadAllBytes(other));
    }

    [Fact]
    public async Task WriteAsync_Always_LabelsTheFileAsAiGenerated()
    {
        var spec = Spec();

        var info = await WriteAsync(spec, Grey(spec), null);

        Assert.Equal(AiLabel.Words, info.Tags["comment"]);
        Assert.Equal(AiLabel.Words, info.Tags["description"]);
        Assert.DoesNotContain("creation_time", info.Tags.Keys);
        var xmp = Encoding.UTF8.GetString(Run(
            "ffprobe", "-v", "error", "-export_xmp", "1", "-show_entries", "format_tags=xmp",
            "-of", "default=nk=1:nw=1", Target));
        Assert.Contains($"<Iptc4xmpExt:DigitalSourceType>{AiLabel.DigitalSourceType}</", xmp, StringComparison.Ordinal);
        System.Xml.Linq.XDocument.Parse(xmp.Trim('\uFEFF', '\n'));
    }

    [Fact]
    public async Task WriteAsync_ShortSound_IsFilledUpWithSilence()
    {
        var spec = Spec(64, 64, frames: 8);

        var info = await WriteAsync(spec, Grey(spec), Tone(8_000));

        Assert.Equal(1, info.Sound!.Duration.TotalSeconds, 1e-6);
        var samples = MemoryMarshal.Cast<byte, float>(Run("ffmpeg", "-v", "error", "-i", Target, "-f", "f32le", "-")).ToArray();
        Assert.Equal(48_000, samples.Length, 1024.0);
        Assert.Equal(0.5 / Math.Sqrt(2), Loudness(samples[4_000..20_000]), 0.02);
        Assert.Equal(0, Loudness(samples[28_000..44_000]), 0.005);
    }

    [Fact]
    public async Task WriteAsync_NoSound_HasNoSoundTrack()
    {
        var spec = Spec();

        Assert.Null((await WriteAsync(spec, Grey(spec), null)).Sound);
    }

    [Fact]
    public async Task WriteAsync_OddName_IsTakenLiterally()
    {
        var spec = Spec(64, 64, 1);
        var path = Path.Combine(Folder, "-y file:%03d 'é\".mp4");

        await Writer.WriteAsync(spec, Grey(spec), null, path);

        AssertOnly("-y file:%03d 'é\".mp4");
    }

    [Fact]
    public async Task WriteAsync_FileThere_IsReplaced()
    {
        File.WriteAllText(Target, "old");
        var spec = Spec(64, 64, 1);

        await Writer.WriteAsync(spec, Grey(spec), null, Target);

        Assert.Equal("ftyp", Boxes(File.ReadAllBytes(Target))[0]);
        AssertOnly("clip.mp4");
    }

    [Theory]
    [InlineData(321, 180, 8, 4, "even width and height")]
    [InlineData(320, 181, 8, 4, "even width and height")]
    [InlineData(62, 180, 8, 4, "width must be between 64 and 4096; 62")]
    [InlineData(320, 5000, 8, 4, "height must be between 64 and 4096; 5000")]
    [InlineData(320, 180, 0, 4, "frame rate must be between 1 and 120; 0")]
    [InlineData(320, 180, 8, 0, "number of frames must be between 1 and 1000000; 0")]
    public async Task WriteAsync_ImpossibleSpec_IsRefusedByName(int width, int height, int rate, int frames, string because)
    {
        var spec = Spec(width, height, frames, rate);

        var refusal = await Assert.ThrowsAsync<MediaException>(() => Writer.WriteAsync(spec, Grey(spec), null, Target));

        Assert.Equal(MediaFailure.InvalidInput, refusal.Failure);
        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
        AssertOnly();
    }

    [Theory]
    [InlineData(3, 0, "ended after 3 of 4")]
    [InlineData(5, 0, "4 in all")]
    [InlineData(3, 5, "whole ones")]
    public async Task WriteAsync_OtherFramesThanPromised_IsRefusedAndLeavesNothing(int whole, int extraBytes, string because)
    {
        var spec = Spec();
        byte[][] pieces = [.. Enumerable.Repeat(Frame(spec, (1, 2, 3)), whole), new byte[extraBytes]];

        var refusal = await Assert.ThrowsAsync<MediaException>(() => Writer.WriteAsync(
            spec, pieces.Select(p => new ReadOnlyMemory<byte>(p)).ToAsyncEnumerable(), null, Target));

        Assert.Equal(MediaFailure.InvalidInput, refusal.Failure);
        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
        AssertOnly();
    }

    [Fact]
    public async Task WriteAsync_SoundThatIsNoNumber_IsRefused()
    {
        var spec = Spec();

        var refusal = await Assert.ThrowsAsync<MediaException>(
            () => Writer.WriteAsync(spec, Grey(spec), new ClipSound(new[] { 0, float.NaN }, 16_000), Target));

        Assert.Equal((MediaFailure.InvalidInput, "Sample 1 of the sound is not a number."), (refusal.Failure, refusal.Message));
    }

    [Fact]
    public async Task WriteAsync_SourceThatFails_LeavesTheOldFileAndItsOwnError()
    {
        File.WriteAllText(Target, "old");
        var spec = Spec();

        await Assert.ThrowsAsync<InvalidDataException>(() => Writer.WriteAsync(
            spec, Frames(spec, i => i == 2 ? throw new InvalidDataException("decoder") : default), null, Target));

        Assert.Equal("old", File.ReadAllText(Target));
        AssertOnly("clip.mp4");
    }

    [Fact]
    public async Task WriteAsync_MoreClipsThanEncoders_TakeTurns()
    {
        var spec = Spec(64, 64);
        var writer = new ClipWriter(new MediaOptions { Encoders = 1 }, Clock);
        var order = new List<string>();
        var (began, go) = (new TaskCompletionSource(), new TaskCompletionSource());

        var first = writer.WriteAsync(spec, Told("first", go.Task), null, Target);
        await began.Task;
        var second = writer.WriteAsync(spec, Told("second", Task.CompletedTask), null, Path.Combine(Folder, "second.mp4"));
        using var cancel = new CancellationTokenSource();
        var third = writer.WriteAsync(spec, Told("third", Task.CompletedTask), null, Path.Combine(Folder, "third.mp4"), null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        Assert.False(second.IsCompleted);
        go.SetResult();
        await Task.WhenAll(first, second);

        Assert.Equal(["first begins", "first ends", "second begins", "second ends"], order);

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Told(string name, Task gate)
        {
            order.Add($"{name} begins");
            began.TrySetResult();
            await gate;
            await foreach (var frame in Grey(spec))
            {
                yield return frame;
            }

            order.Add($"{name} ends");
        }
    }

    private static double Loudness(float[] samples) => Math.Sqrt(samples.Average(s => (double)s * s));

    private static List<string> Boxes(ReadOnlySpan<byte> file)
    {
        List<string> boxes = [];
        while (file.Length > 0)
        {
            boxes.Add(Encoding.ASCII.GetString(file.Slice(4, 4)));
            file = file[(int)BinaryPrimitives.ReadUInt32BigEndian(file)..];
        }

        return boxes;
    }
}
