namespace SoraCluster.Media;

/// <summary>Finds ffmpeg 5.0 or later. Hosts call it at start: a machine without it says so before the first job.</summary>
public static class FfmpegLocator
{
    /// <summary>Environment variable: the ffmpeg program or its folder.</summary>
    public const string Variable = "SORA_FFMPEG";

    private const string Advice =
        $"Install ffmpeg 5 or later (Debian, Ubuntu: apt-get install ffmpeg; Fedora: dnf install ffmpeg; macOS: brew install " +
        $"ffmpeg), or set {Variable} to where it is.";

    /// <exception cref="MediaException"><see cref="MediaFailure.ToolMissing"/>: what to install.</exception>
    public static FfmpegTools Locate(MediaOptions options)
    {
        var (given, source) = options.FfmpegPath is { Length: > 0 } path
            ? (path, nameof(MediaOptions.FfmpegPath))
            : (Environment.GetEnvironmentVariable(Variable), Variable);
        var ffmpeg = string.IsNullOrEmpty(given)
            ? OnPath("ffmpeg") ?? throw Missing($"ffmpeg was not found on PATH. {Advice}")
            : Given(given) ?? throw Missing($"{source} says ffmpeg is at '{given}', but there is no such program. {Advice}");
        var ffprobe = Program(Path.GetDirectoryName(ffmpeg)!, "ffprobe")
            ?? OnPath("ffprobe")
            ?? throw Missing($"ffmpeg is at '{ffmpeg}', but ffprobe is neither beside it nor on PATH. {Advice}");
        return new FfmpegTools(ffmpeg, ffprobe);
    }

    private static string? Given(string path)
    {
        path = Path.GetFullPath(path);
        return File.Exists(path) ? path : Program(path, "ffmpeg");
    }

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Program(folder, name))
            .FirstOrDefault(file => file is not null);

    private static string? Program(string folder, string name)
    {
        var file = Path.GetFullPath(Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name));
        return File.Exists(file) ? file : null;
    }

    private static MediaException Missing(string message) => new(MediaFailure.ToolMissing, message);
}
