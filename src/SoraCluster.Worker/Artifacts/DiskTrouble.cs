namespace SoraCluster.Worker.Artifacts;

/// <summary>Says in one sentence what is wrong with a disk and what to do about it.</summary>
public static class DiskTrouble
{
    /// <summary>Linux error numbers, as .NET puts them into <see cref="Exception.HResult"/> of an <see cref="IOException"/>.</summary>
    private const int FileTooLarge = 27, NoSpace = 28, ReadOnlyFileSystem = 30, QuotaExceeded = 122;

    /// <summary>The same on Windows: ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL, ERROR_WRITE_PROTECT.</summary>
    private const int HandleDiskFull = unchecked((int)0x80070027), DiskFull = unchecked((int)0x80070070), WriteProtect = unchecked((int)0x80070013);

    /// <param name="what">What could not be written, as the subject of a sentence.</param>
    /// <returns>The sentence, or null when the failure is of no kind known here.</returns>
    public static string? Explain(string what, Exception failure) => failure switch
    {
        UnauthorizedAccessException => $"{what} cannot be written: this user may not. Give it write permission.",
        IOException { HResult: NoSpace or HandleDiskFull or DiskFull } => $"{what} cannot be written: the disk is full. Free some space on it.",
        IOException { HResult: QuotaExceeded } => $"{what} cannot be written: the disk quota is used up. Free some space or raise the quota.",
        IOException { HResult: FileTooLarge } => $"{what} cannot be written: a file would pass the size limit. Raise the limit (ulimit -f).",
        IOException { HResult: ReadOnlyFileSystem or WriteProtect } => $"{what} cannot be written: the disk is read-only. Make it writable.",
        _ => null,
    };
}
