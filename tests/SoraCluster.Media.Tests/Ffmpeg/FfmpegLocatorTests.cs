namespace SoraCluster.Media.Tests.Ffmpeg;

public sealed class FfmpegLocatorTests : MediaLab
{
    [Fact]
    public void Locate_OnPath_FindsBoth()
    {
        var tools = FfmpegLocator.Locate(new MediaOptions());

        Assert.True(File.Exists(tools.Ffmpeg) && File.Exists(tools.Ffprobe));
    }

    [Fact]
    public void Locate_FolderGiven_TakesBothFromThere()
    {
        var program = FakeFfmpeg("exit 0");
        var probe = Path.Combine(Path.GetDirectoryName(program)!, "ffprobe");
        File.Copy(program, probe);

        var tools = FfmpegLocator.Locate(new MediaOptions { FfmpegPath = Path.GetDirectoryName(program) });

        Assert.Equal(new FfmpegTools(program, probe), tools);
    }

    [Fact]
    public void Locate_OnlyFfmpegGiven_TakesFfprobeFromPath()
    {
        var program = FakeFfmpeg("exit 0");

        var tools = FfmpegLocator.Locate(new MediaOptions { FfmpegPath = program });

        Assert.Equal(program, tools.Ffmpeg);
        Assert.NotEqual(Path.GetDirectoryName(program), Path.GetDirectoryName(tools.Ffprobe));
    }

    [Fact]
    public void Locate_GivenPathIsWrong_NamesTheOptionAndDoesNotFallBack()
    {
        var e = Assert.Throws<MediaException>(
            () => FfmpegLocator.Locate(new MediaOptions { FfmpegPath = Path.Combine(Folder, "none") }));

        Assert.Equal(MediaFailure.ToolMissing, e.Failure);
        Assert.StartsWith(
            $"FfmpegPath says ffmpeg is at '{Folder}/none', but there is no such program. Install ffmpeg",
            e.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Locate_VariableIsSet_IsUsedAndNamedWhenWrong() => WithEnvironment(FfmpegLocator.Variable, "/nowhere/ffmpeg", () =>
    {
        var e = Assert.Throws<MediaException>(() => FfmpegLocator.Locate(new MediaOptions()));

        Assert.StartsWith("SORA_FFMPEG says ffmpeg is at '/nowhere/ffmpeg'", e.Message, StringComparison.Ordinal);
        var program = FakeFfmpeg("exit 0");
        Assert.Equal(program, FfmpegLocator.Locate(new MediaOptions { FfmpegPath = program }).Ffmpeg);
    });

    [Fact]
    public void Locate_NothingOnPath_SaysWhatToInstall() => WithEnvironment("PATH", Folder, () =>
    {
        var e = Assert.Throws<MediaException>(() => FfmpegLocator.Locate(new MediaOptions()));

        Assert.Equal(MediaFailure.ToolMissing, e.Failure);
        Assert.StartsWith("ffmpeg was not found on PATH. Install ffmpeg 5 or later (Debian", e.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Locate_NoFfprobe_SaysSo()
    {
        var program = FakeFfmpeg("exit 0");

        WithEnvironment("PATH", Path.GetDirectoryName(program)!, () =>
        {
            var e = Assert.Throws<MediaException>(() => FfmpegLocator.Locate(new MediaOptions()));

            Assert.Contains("ffprobe is neither beside it nor on PATH", e.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task WriteAsync_ProgramThatCannotRun_SaysSo()
    {
        var program = FakeFfmpeg("exit 0");
        Run("chmod", "400", program);
        var spec = Spec();

        var e = await Assert.ThrowsAsync<MediaException>(
            () => new ClipWriter(new MediaOptions { FfmpegPath = program }, Clock).WriteAsync(spec, Grey(spec), null, Target));

        Assert.Equal(MediaFailure.ToolMissing, e.Failure);
        Assert.Contains($"ffmpeg at '{program}' could not be started", e.Message, StringComparison.Ordinal);
        AssertOnly("bin");
    }

    private static void WithEnvironment(string name, string value, Action test)
    {
        var before = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
        try
        {
            test();
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, before);
        }
    }
}
