using System.Globalization;

namespace SoraCluster.Local.Storage;

/// <summary>The folder of one local server: the database, the artifacts, and the lock that keeps a second server out.</summary>
/// <remarks>
/// The lock is the operating system's on an open file, so it goes when the process does, however it dies. A file beside it
/// tells who holds it: the process id, and the server's address once it listens.
/// </remarks>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream lockFile;

    private DataFolder(string path, FileStream lockFile)
    {
        Path = path;
        this.lockFile = lockFile;
    }

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "sora.db");

    public string Artifacts => System.IO.Path.Combine(Path, "artifacts");

    /// <summary>Files being written; nothing in it outlives a start.</summary>
    public string Partial => System.IO.Path.Combine(Path, "partial");

    /// <summary>Where the worker puts clips together; nothing in it outlives a start.</summary>
    public string Packaging => System.IO.Path.Combine(Path, "packaging");

    /// <summary>What requests upload, while they last; nothing in it outlives a start.</summary>
    public string Uploads => System.IO.Path.Combine(Path, "uploads");

    /// <summary>Creates the folder where it is missing and takes it for this process.</summary>
    /// <exception cref="LocalServerException">It cannot be written, or another process has it.</exception>
    public static DataFolder Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            var file = new FileStream(LockPath(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            var folder = new DataFolder(path, file);
            folder.Tell(null);
            folder.ForgetUploads();
            return folder;
        }
        catch (IOException) when (Holder(path) is { } holder)
        {
            var at = holder.Address is { } address ? $", listening at {address}" : "";
            throw new LocalServerException(
                $"The data folder '{path}' is in use by another server (process {holder.ProcessId}{at}): use that one, stop it, or choose another folder with --data.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw StorageTrouble.Explain($"The data folder '{path}'", failure) is { } reason
                ? new LocalServerException($"{reason} Or choose another folder with --data.", failure)
                : new LocalServerException($"The data folder '{path}' cannot be used: {failure.Message} Choose another with --data.", failure);
        }
    }

    /// <summary>The server that has this folder now, or null when none has.</summary>
    public static DataFolderHolder? Holder(string path)
    {
        try
        {
            using (new FileStream(LockPath(path), FileMode.Open, FileAccess.Read, FileShare.Read, 1))
            {
                return null;
            }
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
        catch (IOException)
        {
            return ReadHolder(path);
        }
    }

    /// <summary>Writes the server's address where <see cref="Holder"/> finds it.</summary>
    public void Tell(Uri? address) => File.WriteAllText(
        HolderPath(Path), string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {address}\n"));

    public void Dispose() => lockFile.Dispose();

    private void ForgetUploads()
    {
        if (Directory.Exists(Uploads))
        {
            Directory.Delete(Uploads, recursive: true);
        }
    }

    private static string LockPath(string path) => System.IO.Path.Combine(path, "lock");

    private static string HolderPath(string path) => System.IO.Path.Combine(path, "server");

    private static DataFolderHolder ReadHolder(string path)
    {
        try
        {
            var parts = File.ReadAllText(HolderPath(path)).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            return parts is [var process, .. var rest] && int.TryParse(process, CultureInfo.InvariantCulture, out var id)
                ? new DataFolderHolder(id, rest is [var address] ? new Uri(address) : null)
                : new DataFolderHolder(0, null);
        }
        catch (IOException)
        {
            // It has the folder, and has not said yet who it is.
            return new DataFolderHolder(0, null);
        }
    }
}
