using System.Runtime.CompilerServices;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.Worker.Artifacts;

/// <summary>
/// Artifacts as plain files below a folder. A write goes to a file of its own beside it, is synced, and is renamed into place;
/// then the folder is synced. So a key is there whole or not at all, whenever the process or the power goes.
/// </summary>
/// <remarks>
/// Reads see the file they opened even when it is replaced or deleted meanwhile. Digests are computed while writing and not
/// kept: <see cref="GetInfoAsync"/> and <see cref="ListAsync"/> do not know them. Syncing blocks for as long as the disk takes, so it is done on
/// the thread pool and never on the scheduler of whoever asks: a worker's steps would wait for it.
/// </remarks>
public sealed class FileArtifactStore : IArtifactStore
{
    private const int BufferSize = 1 << 16;

    private readonly string root;
    private readonly string partial;
    private long partials;

    /// <param name="root">Where artifacts lie; created.</param>
    /// <param name="partial">Where unfinished writes lie, on the same file system; created, and emptied: what it holds was left by a crash.</param>
    /// <exception cref="ArtifactStoreException">The folders cannot be used.</exception>
    public FileArtifactStore(string root, string partial)
    {
        this.root = Path.GetFullPath(root);
        this.partial = Path.GetFullPath(partial);
        Guard(() =>
        {
            Directory.CreateDirectory(this.root);
            Directory.CreateDirectory(this.partial);
            foreach (var orphan in new DirectoryInfo(this.partial).EnumerateFileSystemInfos())
            {
                Discard(orphan);
            }

            return true;
        });
    }

    public Task<ArtifactInfo> WriteAsync(
        string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        return Task.Run(() => WriteWholeAsync(key, write, cancellation), CancellationToken.None);
    }

    private async Task<ArtifactInfo> WriteWholeAsync(string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        var temporary = NextPartial();
        try
        {
            var info = await WritePartialAsync(temporary, key, write, cancellation);
            Publish(temporary, PathOf(key));
            return info;
        }
        catch (Exception failure)
        {
            DiscardQuietly(temporary);
            throw Translate(failure) ?? failure;
        }
    }

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        return Task.FromResult(Guard(() =>
        {
            try
            {
                return (Stream?)new FileStream(
                    PathOf(key), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize, FileOptions.Asynchronous);
            }
            catch (Exception missing) when (IsMissing(missing, PathOf(key)))
            {
                return null;
            }
        }));
    }

    public Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        return Task.FromResult(Guard(() =>
        {
            var file = new FileInfo(PathOf(key));
            return file.Exists ? new ArtifactInfo(key, file.Length, null) : null;
        }));
    }

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        return Task.Run(() => Guard(() =>
        {
            var path = PathOf(key);
            if (!File.Exists(path))
            {
                return false;
            }

            File.Delete(path);
            FolderSync.Sync(Path.GetDirectoryName(path)!);
            return true;
        }));
    }

    public Task DeletePrefixAsync(string prefix, CancellationToken cancellation = default)
    {
        ArtifactKeys.CheckPrefix(prefix);
        return Task.Run(() => Guard(() =>
        {
            var path = PathOf(prefix[..^1]);
            try
            {
                // Moved away first: all of it is gone at once, and a crash halfway leaves only what the next start sweeps.
                var doomed = NextPartial();
                Directory.Move(path, doomed);
                FolderSync.Sync(Path.GetDirectoryName(path)!);
                DeleteAll(doomed);
            }
            catch (DirectoryNotFoundException)
            {
                // There is nothing, or another deletion was quicker.
            }

            return true;
        }));
    }

    public async IAsyncEnumerable<ArtifactInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        if (prefix.Length > 0)
        {
            ArtifactKeys.CheckPrefix(prefix);
        }

        foreach (var info in Guard(() => Enumerate(prefix)))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return info;
        }

        await Task.CompletedTask;
    }

    private static async Task<ArtifactInfo> WritePartialAsync(
        string temporary, string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        await using var file = new FileStream(
            temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize, FileOptions.Asynchronous);
        await using var hashing = new HashingStream(file);
        await write(hashing, cancellation);
        cancellation.ThrowIfCancellationRequested();
        await file.FlushAsync(cancellation);
        file.Flush(flushToDisk: true);
        return new ArtifactInfo(key, hashing.Length, hashing.TakeDigest());
    }

    /// <summary>A write that had found the folder before it was moved away can still put its file there while it is being emptied.</summary>
    private static void DeleteAll(string folder)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
                return;
            }
            catch (IOException) when (tries < 100 && Directory.Exists(folder))
            {
            }
        }
    }

    private void Publish(string temporary, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        while (true)
        {
            try
            {
                CreateFolder(folder);
                File.Move(temporary, path, overwrite: true);
                FolderSync.Sync(folder);
                return;
            }
            catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException && File.Exists(temporary))
            {
                // The prefix was deleted between the two: the write comes after the deletion. (A file is said to be missing where another write has made
                // the folder again by the time that the runtime looks for what was.)
            }
            catch (DirectoryNotFoundException)
            {
                return; // It was deleted after the move: the write comes before the deletion.
            }
        }
    }

    /// <summary>Creates a folder below the root, durably: each new name is synced into its parent.</summary>
    private void CreateFolder(string folder)
    {
        if (folder.Length <= root.Length || Directory.Exists(folder))
        {
            return;
        }

        var parent = Path.GetDirectoryName(folder)!;
        CreateFolder(parent);
        Directory.CreateDirectory(folder);
        FolderSync.Sync(parent);
    }

    private List<ArtifactInfo> Enumerate(string prefix)
    {
        var folder = new DirectoryInfo(PathOf(prefix.TrimEnd('/')));
        if (!folder.Exists)
        {
            return [];
        }

        return
        [
            .. folder.EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(f => new ArtifactInfo(Path.GetRelativePath(root, f.FullName).Replace('\\', '/'), f.Length, null))
                .OrderBy(i => i.Key, StringComparer.Ordinal),
        ];
    }

    private string PathOf(string key) => Path.Combine(root, key);

    private string NextPartial() => Path.Combine(partial, $"{Interlocked.Increment(ref partials)}");

    /// <summary>Nothing is there, or a folder is: its name is no key, though keys lie below it.</summary>
    private static bool IsMissing(Exception failure, string path) =>
        failure is FileNotFoundException or DirectoryNotFoundException
        || (failure is UnauthorizedAccessException && Directory.Exists(path));

    private static void Discard(FileSystemInfo orphan)
    {
        if (orphan is DirectoryInfo folder)
        {
            folder.Delete(recursive: true);
        }
        else
        {
            orphan.Delete();
        }
    }

    private static void DiscardQuietly(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to tell; the next start sweeps what is left.
        }
    }

    private static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (Translate(failure) is { } explained)
        {
            throw explained;
        }
    }

    private static ArtifactStoreException? Translate(Exception failure) => failure is IOException or UnauthorizedAccessException
        ? new ArtifactStoreException(
            DiskTrouble.Explain("The artifact folder", failure) ?? $"The artifact folder cannot be used: {failure.Message}", failure)
        : null;
}
