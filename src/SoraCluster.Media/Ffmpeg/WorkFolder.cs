namespace SoraCluster.Media;

/// <summary>
/// A hidden folder beside the file to be made (<c>.NAME.RANDOM.part</c>), in which it grows until it is whole. Disposing removes
/// it; only a killed process leaves one behind, and it may be deleted at any time.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly string path;

    private WorkFolder(string path) => this.path = path;

    public string Path => path;

    public static WorkFolder Create(string target)
    {
        var full = System.IO.Path.GetFullPath(target);
        var parent = System.IO.Path.GetDirectoryName(full)!;
        if (!Directory.Exists(parent))
        {
            throw new MediaException(MediaFailure.Storage, $"'{target}' could not be written: there is no folder '{parent}'.");
        }

        var name = $".{System.IO.Path.GetFileName(full)}.{System.IO.Path.GetRandomFileName()}.part";
        return StorageTrouble.Guard(
            target, () => new WorkFolder(Directory.CreateDirectory(System.IO.Path.Combine(parent, name)).FullName));
    }

    public string File(string name) => System.IO.Path.Combine(path, name);

    /// <summary>Bytes in the folder: grows while a tool writes.</summary>
    public long Size() => new DirectoryInfo(path).EnumerateFiles().Sum(file => file.Exists ? file.Length : 0);

    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        var data = bytes.ToArray();
        StorageTrouble.Guard(path, () => { System.IO.File.WriteAllBytes(File(name), data); return 0; });
    }

    /// <summary>Makes a finished file durable, then gives it its name in one step, replacing what was there.</summary>
    public void Publish(string name, string target) => StorageTrouble.Guard(target, () =>
    {
        using (var handle = System.IO.File.OpenHandle(File(name), FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(handle);
        }

        System.IO.File.Move(File(name), target, overwrite: true);
        return 0;
    });

    public void Dispose()
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A leftover is harmless; the outcome of the operation itself must not be hidden by it.
        }
    }
}
