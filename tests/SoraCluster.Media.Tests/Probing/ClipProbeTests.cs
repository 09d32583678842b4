namespace SoraCluster.Media.Tests.Probing;

public sealed class ClipProbeTests : MediaLab
{
    private ClipProbe Probe => new(new MediaOptions(), Clock);

    [Fact]
    public async Task ProbeAsync_SoundFile_HasNoPicture()
    {
        var file = Path.Combine(Folder, "tone.wav");
        Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=r=22050:d=1.5", "-ac", "2", file);

        var info = await Probe.ProbeAsync(file);

        Assert.Null(info.Picture);
        Assert.Equal(new SoundInfo("pcm_s16le", 22_050, 2, TimeSpan.FromSeconds(1.5)), info.Sound);
        Assert.Equal(("wav", TimeSpan.FromSeconds(1.5)), (info.Format, info.Duration));
    }

    [Fact]
    public async Task ProbeAsync_OtherContainer_LeavesOpenWhatItDoesNotSay()
    {
        var file = Path.Combine(Folder, "clip.mkv");
        Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=s=96x64:r=10:d=1", "-c:v", "mpeg4", file);

        var info = await Probe.ProbeAsync(file);

        Assert.Equal(("mpeg4", 10.0), (info.Picture!.Codec, info.Picture.FramesPerSecond));
        Assert.Equal((96, 64), (info.Picture.Width, info.Picture.Height));
        Assert.Null(info.Picture.FrameCount);
        Assert.Equal(TimeSpan.FromSeconds(1), info.Duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain words, not media")]
    [InlineData("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/secret.ts\n")]
    public async Task ProbeAsync_NotMedia_IsInvalidInput(string content)
    {
        File.WriteAllText(Target, content);

        var e = await Assert.ThrowsAsync<MediaException>(() => Probe.ProbeAsync(Target));

        Assert.Equal(MediaFailure.InvalidInput, e.Failure);
        Assert.Contains("is not readable media", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_NoFile_IsInvalidInput()
    {
        var e = await Assert.ThrowsAsync<MediaException>(() => Probe.ProbeAsync(Target));

        Assert.Equal((MediaFailure.InvalidInput, $"There is no file '{Target}'."), (e.Failure, e.Message));
    }

    [Theory]
    [InlineData("echo garbage")]
    [InlineData("echo '{}'")]
    [InlineData("echo '{\"format\":{\"duration\":\"1e25\"},\"streams\":[]}'")]
    [InlineData("echo '{\"format\":[],\"streams\":7}'")]
    public async Task ProbeAsync_AnswerThatMakesNoSense_IsAToolFailure(string body) =>
        Assert.Equal(MediaFailure.ToolFailed, (await ProbeWithFakeAsync(body)).Failure);

    [Theory]
    [InlineData("head -c 3000000 /dev/zero", "wrote more than")]
    [InlineData("kill -SEGV $$", "exit code 139")]
    public async Task ProbeAsync_FileThatOverwhelmsTheTool_IsInvalidInput(string body, string because)
    {
        var e = await ProbeWithFakeAsync(body);

        Assert.Equal(MediaFailure.InvalidInput, e.Failure);
        Assert.Contains(because, e.Message, StringComparison.Ordinal);
    }

    private async Task<MediaException> ProbeWithFakeAsync(string body)
    {
        File.WriteAllText(Target, "x");
        var ffmpeg = FakeFfmpeg("exit 1");
        File.Copy(ffmpeg, Path.Combine(Path.GetDirectoryName(ffmpeg)!, "ffprobe"));
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(ffmpeg)!, "ffprobe"), $"#!/bin/sh\n{body}\n");

        return await Assert.ThrowsAsync<MediaException>(
            () => new ClipProbe(new MediaOptions { FfmpegPath = ffmpeg }, Clock).ProbeAsync(Target));
    }
}
