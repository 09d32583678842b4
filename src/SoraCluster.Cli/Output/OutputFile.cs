using SoraCluster.Cli.Commands;

namespace SoraCluster.Cli.Output;

/// <summary>The file a clip is written to: whole or not at all, and checked before any work is done for it.</summary>
internal sealed class OutputFile : IAsyncDisposable
{
    private readonly string partial;
    private FileStream? stream;

    private OutputFile(string path, string partial, FileStream stream)
    {
        Path = path;
        this.partial = partial;
        this.stream = stream;
    }

    public string Path { get; }

    /// <summary>Opens the file that was named, or a new one named after the prompt in the current folder.</summary>
    /// <exception cref="OutputException">The folder is missing, read-only or full.</exception>
    public static OutputFile Open(string? path, string prompt)
    {
        path = path is null ? Unused(FileNames.FromPrompt(prompt)) : System.IO.Path.GetFullPath(path);
        if (Directory.Exists(path))
        {
            path = Unused(System.IO.Path.Combine(path, FileNames.FromPrompt(prompt)));
        }

        var partial = $"{path}.partial-{Environment.ProcessId}";
        try
        {
            // Unbuffered: on a full disk a buffer would be tried again when the stream is closed.
            return new OutputFile(path, partial, new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"Cannot write {path}: {Sentence(failure.Message)} Choose another file with -o.", failure);
        }
    }

    /// <summary>Has a clip written and puts the file in its place.</summary>
    /// <param name="videoId">The clip; a failure says how to get it again.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="OutputException">The disk is full, or the folder has gone.</exception>
    public async Task FillAsync(string videoId, Func<Stream, Task> write)
    {
        try
        {
            await write(stream!);
            stream!.Flush(flushToDisk: true);
            await stream.DisposeAsync();
            stream = null;
            File.Move(partial, Path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(
                $"Cannot write {Path}: {Sentence(failure.Message)} The clip is kept: 'sora download {videoId} -o FILE' writes it elsewhere.", failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (stream is not null)
        {
            await stream.DisposeAsync();
        }

        File.Delete(partial);
    }

    private static string Sentence(string message) => message.TrimEnd().TrimEnd('.') + ".";

    private static string Unused(string path)
    {
        var (folder, name) = (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!, System.IO.Path.GetFileNameWithoutExtension(path));
        var candidate = System.IO.Path.Combine(folder, name + ".mp4");
        for (var i = 2; File.Exists(candidate); i++)
        {
            candidate = System.IO.Path.Combine(folder, $"{name}-{i}.mp4");
        }

        return candidate;
    }
}
