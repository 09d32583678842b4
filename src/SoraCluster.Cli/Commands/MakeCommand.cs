using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using SoraCluster.Cli.Api;
using SoraCluster.Cli.Hosting;
using SoraCluster.Cli.Output;

namespace SoraCluster.Cli.Commands;

/// <summary><c>sora make PROMPT</c>: a sentence in, an MP4 out.</summary>
internal sealed class MakeCommand
{
    private readonly Argument<string> prompt = new("prompt") { Description = "What the clip shows, in English or Japanese." };
    private readonly Option<string?> output = new("--output", "-o") { Description = "File to write; otherwise named after the prompt, in this folder.", HelpName = "FILE" };
    private readonly Option<ulong?> seed = new("--seed") { Description = "The same seed and settings give the same clip.", HelpName = "N" };
    private readonly Option<string?> seconds = new("--seconds") { Description = "Length of the clip.", HelpName = "S" };
    private readonly Option<string?> size = new("--size") { Description = "Size of the clip in pixels, such as 1280x720.", HelpName = "WxH" };
    private readonly Option<string?> model = new("--model") { Description = "Model to use; an unknown one is answered with the list of those there are.", HelpName = "ID" };
    private readonly Option<int?> steps = new("--steps") { Description = "Denoising steps: more is finer and slower.", HelpName = "N" };
    private readonly Option<float?> guidance = new("--guidance") { Description = "How strongly the prompt steers the picture; 1 turns guidance off.", HelpName = "G" };
    private readonly Option<string?> negative = new("--negative") { Description = "What the clip should not show.", HelpName = "TEXT" };
    private readonly Option<string?> style = new("--style") { Description = "A style that the model knows, such as pixel or sketch for the reference pack.", HelpName = "NAME" };
    private readonly Option<string?> picture = new("--input-reference") { Description = "Picture (JPEG, PNG, WebP) that the clip starts from.", HelpName = "FILE" };
    private readonly Option<bool> silent = new("--no-audio") { Description = "Leave the sound out." };
    private readonly Option<bool> json = new("--json") { Description = "Print the finished video as JSON and nothing else." };
    private readonly ServerArguments server = new();

    public Command Create()
    {
        var command = new Command("make", "Make a clip from a sentence.")
        {
            prompt, output, seed, seconds, size, model, steps, guidance, negative, style, picture, silent, json,
        };
        server.AddTo(command);
        command.SetRunner(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var request = Read(arguments);
        var quiet = arguments.GetValue(json);
        await using var file = OutputFile.Open(arguments.GetValue(output), request.Prompt);
        await using var job = new JobFollower(server.Read(arguments));
        var clock = Stopwatch.StartNew();
        try
        {
            await job.CreateAsync(request, cancellation);
            var video = await ProgressView.ShowAsync(job.FollowAsync(cancellation), quiet);
            return video.Status == "completed"
                ? await DeliverAsync(video, file, job, clock.Elapsed, quiet, cancellation)
                : Report(video, quiet);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await job.CancelAsync();
            Console.Error.WriteLine("sora: cancelled; nothing was written.");
            return CommandRunner.Interrupted;
        }
    }

    private CreateVideo Read(ParseResult arguments) => new()
    {
        Prompt = arguments.GetValue(prompt)!,
        Model = arguments.GetValue(model),
        Seconds = arguments.GetValue(seconds),
        Size = arguments.GetValue(size),
        Seed = arguments.GetValue(seed),
        Steps = arguments.GetValue(steps),
        GuidanceScale = arguments.GetValue(guidance),
        NegativePrompt = arguments.GetValue(negative),
        Style = arguments.GetValue(style),
        Audio = arguments.GetValue(silent) ? false : null,
        InputReference = arguments.GetValue(picture) is { } file ? Readable(file) : null,
    };

    private static string Readable(string file)
    {
        try
        {
            using var opened = File.OpenRead(file);
            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"The picture '{file}' cannot be read: {e.Message} Name a JPEG, PNG or WebP file.");
        }
    }

    private static async Task<int> DeliverAsync(
        Video video, OutputFile file, JobFollower job, TimeSpan took, bool quiet, CancellationToken cancellation)
    {
        await file.FillAsync(video.Id, destination => job.DownloadAsync(destination, cancellation));
        if (quiet)
        {
            Console.WriteLine(JsonSerializer.Serialize(video, ApiJson.Default.Video));
            return 0;
        }

        Console.WriteLine(file.Path);
        Console.Error.WriteLine(
            $"{video.Seconds} s, {video.Size} (made at {video.Sora?.NativeSize}), seed {video.Sora?.Seed}, in {took.TotalSeconds:0.0} s");
        if (video.Sora?.UnknownWords is { Count: > 0 } unknown)
        {
            Console.Error.WriteLine($"{video.Model} could not use these words and left them out: {string.Join(", ", unknown)}");
        }

        return 0;
    }

    private static int Report(Video video, bool quiet)
    {
        if (quiet)
        {
            Console.WriteLine(JsonSerializer.Serialize(video, ApiJson.Default.Video));
        }

        Console.Error.WriteLine($"sora: {video.Error?.Message ?? "the job failed."}");
        return video.Cancelled ? CommandRunner.Interrupted : CommandRunner.Failed;
    }
}
