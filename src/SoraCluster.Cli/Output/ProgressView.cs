using SoraCluster.Cli.Api;
using Spectre.Console;

namespace SoraCluster.Cli.Output;

/// <summary>Shows a video's progress: a live bar on a terminal, a line per stage elsewhere, nothing when quiet.</summary>
internal static class ProgressView
{
    public static async Task<Video> ShowAsync(IAsyncEnumerable<Video> updates, bool quiet)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        if (quiet)
        {
            return await LastAsync(updates, _ => { });
        }

        if (!console.Profile.Capabilities.Interactive || Console.IsErrorRedirected)
        {
            return await LastAsync(updates, new StageLines().Tell);
        }

        return await console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("starting", maxValue: 100);
                return await LastAsync(updates, video =>
                {
                    bar.Description = Markup.Escape(Describe(video));
                    bar.Value = video.Progress;
                });
            });
    }

    /// <summary>What is being done, and how long it will still take.</summary>
    public static string Describe(Video video)
    {
        var sora = video.Sora;
        var what = video.Status == "queued" ? Waiting(sora) : sora?.Stage switch
        {
            "denoise" => $"step {sora.Step} of {sora.TotalSteps}",
            "decode" => "decoding",
            "package" => "writing the clip",
            "done" => "done",
            _ => "reading the prompt",
        };
        return sora?.SecondsLeft is { } left and >= 1 ? $"{what}, {left:0} s left" : what;
    }

    private static string Waiting(VideoExtras? sora) =>
        sora?.SecondsUntilStart is { } seconds and >= 1 ? $"waiting, about {seconds:0} s until it starts" : "waiting";

    private static async Task<Video> LastAsync(IAsyncEnumerable<Video> updates, Action<Video> tell)
    {
        Video? last = null;
        await foreach (var video in updates)
        {
            tell(last = video);
        }

        return last!;
    }

    /// <summary>For logs: one line whenever what is being done changes.</summary>
    private sealed class StageLines
    {
        private string? stage;

        public void Tell(Video video)
        {
            var now = video.Status == "queued" ? "waiting" : video.Sora?.Stage;
            if (now != stage && !video.Ended)
            {
                Console.Error.WriteLine(Describe(video));
            }

            stage = now;
        }
    }
}
