using System.CommandLine;
using System.Globalization;
using SoraCluster.Cli.Api;
using SoraCluster.Cli.Hosting;
using SoraCluster.Cli.Output;
using Spectre.Console;

namespace SoraCluster.Cli.Commands;

/// <summary><c>sora jobs</c>, <c>sora show ID</c>, <c>sora cancel ID</c> and <c>sora download ID</c>.</summary>
internal static class JobCommands
{
    public static Command Jobs()
    {
        var limit = new Option<int>("--limit") { Description = "How many, newest first (1 to 100).", DefaultValueFactory = _ => 20, HelpName = "N" };
        var server = new ServerArguments();
        var command = new Command("jobs", "List jobs, newest first.") { limit };
        server.AddTo(command);
        command.SetRunner(async (arguments, cancellation) =>
        {
            await using var session = await ServerSession.OpenAsync(server.Read(arguments), cancellation);
            var page = await session.Api.ListAsync(arguments.GetValue(limit), cancellation);
            Print(page);
            return 0;
        });
        return command;
    }

    public static Command Show() => ForOne("show", "Show one job.", (api, id, cancellation) => api.GetAsync(id, cancellation));

    public static Command Cancel() => ForOne(
        "cancel", "Call a job off; its worker stops at the next step.", (api, id, cancellation) => api.CancelAsync(id, cancellation));

    public static Command Download()
    {
        var id = new Argument<string>("id") { Description = "The job, as 'sora jobs' lists it: video_…" };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "File to write; otherwise named after the prompt, in this folder.",
            HelpName = "FILE",
        };
        var server = new ServerArguments();
        var command = new Command("download", "Write a finished clip to a file.") { id, output };
        server.AddTo(command);
        command.SetRunner(async (arguments, cancellation) =>
        {
            await using var session = await ServerSession.OpenAsync(server.Read(arguments), cancellation);
            var video = await session.Api.GetAsync(arguments.GetValue(id)!, cancellation);
            await using var file = OutputFile.Open(arguments.GetValue(output), video.Prompt);
            await file.FillAsync(video.Id, destination => session.Api.DownloadAsync(video.Id, destination, cancellation));
            Console.WriteLine(file.Path);
            return 0;
        });
        return command;
    }

    private static Command ForOne(string name, string description, Func<SoraApi, string, CancellationToken, Task<Video>> call)
    {
        var id = new Argument<string>("id") { Description = "The job, as 'sora jobs' lists it: video_…" };
        var server = new ServerArguments();
        var command = new Command(name, description) { id };
        server.AddTo(command);
        command.SetRunner(async (arguments, cancellation) =>
        {
            await using var session = await ServerSession.OpenAsync(server.Read(arguments), cancellation);
            Print(await call(session.Api, arguments.GetValue(id)!, cancellation));
            return 0;
        });
        return command;
    }

    private static void Print(VideoList page)
    {
        if (page.Data.Count == 0)
        {
            Console.WriteLine("No jobs yet. Make one: sora make \"a red ball bounces on the beach\"");
            return;
        }

        var table = new Table().Border(TableBorder.None).AddColumns("id", "status", "length", "size", "created", "prompt");
        foreach (var video in page.Data)
        {
            table.AddRow(
                video.Id, Markup.Escape(Status(video)), $"{video.Seconds} s", video.Size, Time(video.CreatedAt), Markup.Escape(Shorten(video.Prompt)));
        }

        AnsiConsole.Write(table);
        if (page.HasMore)
        {
            Console.WriteLine("There are more: --limit shows up to 100.");
        }
    }

    private static void Print(Video video)
    {
        var rows = new Grid().AddColumn().AddColumn();
        void Row(string name, string? value)
        {
            if (value is not null)
            {
                rows.AddRow(name, Markup.Escape(value));
            }
        }

        Row("id", video.Id);
        Row("status", Status(video));
        Row("error", video.Error?.Message);
        Row("prompt", video.Prompt);
        Row("model", video.Model);
        Row("clip", $"{video.Seconds} s, {video.Size}, made at {video.Sora?.NativeSize}");
        Row("settings", $"seed {video.Sora?.Seed}, {video.Sora?.Steps} steps, guidance {video.Sora?.GuidanceScale}");
        Row("created", Time(video.CreatedAt));
        Row("completed", video.CompletedAt is { } at ? Time(at) : null);
        Row("unknown words", video.Sora?.UnknownWords is { Count: > 0 } unknown ? string.Join(", ", unknown) : null);
        AnsiConsole.Write(rows);
    }

    private static string Status(Video video) => video.Cancelled ? "cancelled" : video.Ended ? video.Status : ProgressView.Describe(video);

    private static string Time(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(seconds).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..59] + "…";
}
