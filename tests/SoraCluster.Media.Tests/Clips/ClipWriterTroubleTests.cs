using System.Globalization;
using System.Runtime.CompilerServices;

namespace SoraCluster.Media.Tests.Clips;

/// <summary>Tools that fail, hang and lie, and disks that are full: a clear error, nothing left, nobody running.</summary>
public sealed class ClipWriterTroubleTests : MediaLab
{
    private const string RealFfmpeg = "exec ffmpeg \"$@\"";

    private ClipStills Stills => new(Path.Combine(Folder, "thumbnail.jpg"), Path.Combine(Folder, "sheet.jpg"));

    [Fact]
    public async Task WriteAsync_ToolFails_ReportsItsLastWordsOnOneLine()
    {
        var e = await FailAsync("cat >/dev/null; echo first >&2; printf 'Unknown\\033[31m encoder\\n' >&2; exit 3");

        Assert.Equal(MediaFailure.ToolFailed, e.Failure);
        Assert.Equal("ffmpeg failed (exit code 3): first; Unknown?[31m encoder", e.Message);
    }

    [Fact]
    public async Task WriteAsync_ToolDiesAtOnce_ReportsItsWords()
    {
        var e = await FailAsync("echo no such codec >&2; exit 1", frames: 400);

        Assert.Equal(MediaFailure.ToolFailed, e.Failure);
        Assert.Contains("(exit code 1): no such codec", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_ToolLeavesEarlyWithSuccess_IsAnError()
    {
        var e = await FailAsync("exit 0", frames: 400);

        Assert.Equal(MediaFailure.ToolFailed, e.Failure);
        Assert.Contains("did not read to the end of its input", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cat >/dev/null")]
    [InlineData("cat >/dev/null; echo garbage > clip.mp4")]
    [InlineData("cat >/dev/null; : > clip.mp4")]
    [InlineData("cat >/dev/null; printf '\\0\\0\\0\\010ftyp\\0\\0\\0\\010moov\\0\\0\\377\\377mdat' > clip.mp4")]
    [InlineData("cat >/dev/null; printf '\\0\\0\\0\\010ftyp\\0\\0\\0\\010mdat\\0\\0\\0\\010moov' > clip.mp4")]
    public async Task WriteAsync_SuccessWithoutWholeClip_IsAnError(string body)
    {
        var e = await FailAsync(body);

        Assert.Equal(MediaFailure.ToolFailed, e.Failure);
        Assert.Contains("reported success but left no whole MP4", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_ClipWithOtherFrames_IsAnError()
    {
        // A whole, playable file of three frames where four were asked for.
        var e = await FailAsync(
            "cat >/dev/null; exec ffmpeg -v error -progress pipe:1 -f lavfi -i color=s=64x64:r=8 -frames:v 3 -movflags +faststart clip.mp4");

        Assert.Equal(MediaFailure.ToolFailed, e.Failure);
        Assert.Contains("success after 3 frames; 4 were asked for", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("thumbnail.jpg", "rm -f thumbnail.jpg")]
    [InlineData("sheet.jpg", "printf '\\377\\330\\377' > sheet.jpg")]
    public async Task WriteAsync_SuccessWithoutWholeStill_IsAnError(string still, string body)
    {
        var e = await FailAsync($"ffmpeg \"$@\" && {body}");

        Assert.Equal(MediaFailure.ToolFailed, e.Failure);
        Assert.Contains($"reported success but left no whole {still}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_FloodOfGarbageOnBothOutputs_DoesNotBlockAndIsAnError()
    {
        var e = await FailAsync(
            "cat >/dev/null; head -c 3000000 /dev/urandom; head -c 3000000 /dev/urandom | tr -d '\\n' >&2; exit 1");

        Assert.Equal(MediaFailure.ToolFailed, e.Failure);
        Assert.InRange(e.Message.Length, 1, 1100);
        Assert.DoesNotContain(e.Message, char.IsControl);
    }

    [Theory]
    [InlineData("exec sleep 1000", 400)]
    [InlineData("sleep 1000; true", 400)]
    [InlineData("cat >/dev/null; sleep 1000; true", 4)]
    [InlineData("exec <&-; sleep 1000; true", 400)]
    public async Task WriteAsync_ToolHangs_IsKilledWithItsChildrenAndReported(string body, int frames)
    {
        var writing = FailAsync($"{Announce()}\n{body}", frames);
        var id = await StartedAsync();
        while (!writing.IsCompleted)
        {
            await Task.Yield();
            Clock.Advance(TimeSpan.FromSeconds(60));
        }

        var e = await writing;
        Assert.Equal(MediaFailure.Stalled, e.Failure);
        Assert.Equal("ffmpeg made no progress for 60 seconds and was stopped.", e.Message);
        AssertNobodyRuns(id);
    }

    [Fact]
    public async Task WriteAsync_SourceSlowerThanTheStallLimit_IsNotAHang()
    {
        var spec = Spec(64, 64);

        var info = await WriteAsync(spec, Slow(spec), null);

        Assert.Equal(4, info.Picture!.FrameCount);

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Slow(ClipSpec spec)
        {
            await foreach (var frame in Grey(spec))
            {
                Clock.Advance(TimeSpan.FromHours(1));
                yield return frame;
            }
        }
    }

    [Fact]
    public async Task WriteAsync_CancelledMidway_LeavesNothingAndNobody()
    {
        using var cancel = new CancellationTokenSource();
        var spec = Spec(frames: 50);
        var options = new MediaOptions { FfmpegPath = FakeFfmpeg($"echo $$ > {Folder}/bin/pid\n{RealFfmpeg}") };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new ClipWriter(options, Clock).WriteAsync(spec, Cancelling(spec), Tone(), Target, Stills, cancel.Token));

        AssertOnly("bin");
        AssertNobodyRuns(await File.ReadAllTextAsync($"{Folder}/bin/pid"));

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Cancelling(
            ClipSpec spec, [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await foreach (var frame in Grey(spec).WithCancellation(cancellation))
            {
                yield return frame;
                if (File.Exists($"{Folder}/bin/pid"))
                {
                    await cancel.CancelAsync();
                }
            }
        }
    }

    [Fact]
    public async Task WriteAsync_CancelledWhileTheToolHangs_EndsAtOnce()
    {
        using var cancel = new CancellationTokenSource();
        var spec = Spec(frames: 400);
        var options = new MediaOptions { FfmpegPath = FakeFfmpeg($"{Announce()}\nsleep 1000; true") };
        var writing = new ClipWriter(options, Clock).WriteAsync(spec, Grey(spec), null, Target, Stills, cancel.Token);
        var id = await StartedAsync();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        AssertOnly("bin");
        AssertNobodyRuns(id);
    }

    [Fact]
    public async Task WriteAsync_FullDisk_SaysSo()
    {
        // The real ffmpeg against the kernel's full device: every write is ENOSPC.
        var e = await FailAsync($"ln -s /dev/full clip.mp4\n{RealFfmpeg}", frames: 40);

        Assert.Equal(MediaFailure.Storage, e.Failure);
        Assert.Contains("No space left on device", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(40)]
    public async Task WriteAsync_DiskFullAfterSomeBlocks_LeavesNoHalfFile(int blocks)
    {
        // A limit on file size ends ffmpeg's writes wherever it likes, also in the second pass that moves the index.
        var e = await FailAsync($"ulimit -f {blocks}; trap '' XFSZ\n{RealFfmpeg}", frames: 60, noisy: true);

        Assert.Equal(MediaFailure.Storage, e.Failure);
    }

    [Fact]
    public async Task WriteAsync_ReadOnlyFolder_SaysSo()
    {
        // Root may write anywhere but into the kernel's own file systems.
        var folder = Environment.IsPrivilegedProcess
            ? "/sys/kernel"
            : Directory.CreateDirectory(Path.Combine(Folder, "locked")).FullName;
        if (!Environment.IsPrivilegedProcess)
        {
            Run("chmod", "500", folder);
        }

        var spec = Spec();
        var e = await Assert.ThrowsAsync<MediaException>(
            () => Writer.WriteAsync(spec, Grey(spec), null, Path.Combine(folder, "clip.mp4")));

        Assert.Equal(MediaFailure.Storage, e.Failure);
        Assert.Contains($"'{folder}/clip.mp4' could not be written", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_MissingFolder_IsAStorageError()
    {
        var spec = Spec();
        var e = await Assert.ThrowsAsync<MediaException>(
            () => Writer.WriteAsync(spec, Grey(spec), null, Path.Combine(Folder, "none", "clip.mp4")));

        Assert.Equal(MediaFailure.Storage, e.Failure);
        AssertOnly();
    }

    private async Task<MediaException> FailAsync(string body, int frames = 4, bool noisy = false)
    {
        var options = new MediaOptions { FfmpegPath = FakeFfmpeg(body) };
        var spec = Spec(frames: frames);
        var random = new Random(7);
        var source = noisy
            ? Enumerable.Range(0, frames).Select(_ =>
            {
                var frame = new byte[spec.FrameBytes];
                random.NextBytes(frame);
                return new ReadOnlyMemory<byte>(frame);
            }).ToAsyncEnumerable()
            : Grey(spec);

        var e = await Assert.ThrowsAsync<MediaException>(
            () => new ClipWriter(options, Clock).WriteAsync(spec, source, null, Target, Stills));

        AssertOnly("bin");
        return e;
    }

    /// <summary>Shell code that tells its process id through a pipe, once somebody listens.</summary>
    private string Announce()
    {
        Run("mkfifo", Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName, "started"));
        return $"echo $$ > {Folder}/bin/started";
    }

    private Task<string> StartedAsync() => Task.Run(() => File.ReadAllText($"{Folder}/bin/started"));

    /// <summary>The script is gone, and so is every child of it: killed ones may take the kernel a moment.</summary>
    private void AssertNobodyRuns(string announced)
    {
        var id = int.Parse(announced, CultureInfo.InvariantCulture);
        Assert.True(
            SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{id}") && !WorkingHere().Any(), TimeSpan.FromSeconds(30)),
            "Something still runs.");

        IEnumerable<string> WorkingHere() => Directory.GetDirectories("/proc")
            .Where(p => int.TryParse(Path.GetFileName(p), out _))
            .Where(p => ReadLink(Path.Combine(p, "cwd"))?.StartsWith(Folder, StringComparison.Ordinal) == true);

        static string? ReadLink(string link)
        {
            try
            {
                return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
