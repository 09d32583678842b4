namespace SoraCluster.Media.Tests.Ffmpeg;

public sealed class ChildProcessTests : MediaLab
{
    [Fact]
    public async Task FinishAsync_OutputStillGrows_IsNotAHangUntilItStops()
    {
        var looks = 0;
        await using var run = ChildProcess.Start(
            FakeFfmpeg("sleep 1000; true"), [], Folder, new MediaOptions(), Clock, () => Math.Min(++looks, 10), default);

        var finishing = run.FinishAsync();
        while (!finishing.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(60));
            await Task.Yield();
        }

        var e = await Assert.ThrowsAsync<MediaException>(() => finishing);
        Assert.Equal(MediaFailure.Stalled, e.Failure);
        Assert.Equal(11, looks);
    }

    [Fact]
    public async Task FinishAsync_Arguments_ArePassedWithoutAShell()
    {
        await using var run = ChildProcess.Start(
            FakeFfmpeg("printf '%s|' \"$@\"; cat"), ["a b", "$(id)", "", "'"], Folder, new MediaOptions(), Clock, null, default);

        await run.WriteAsync("input"u8.ToArray());

        Assert.Equal("a b|$(id)||'|input", await run.FinishAsync());
    }
}
