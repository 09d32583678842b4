using Microsoft.Data.Sqlite;

namespace SoraCluster.Local.Storage;

/// <summary>Says in one sentence what is wrong with a disk and what to do about it.</summary>
internal static class StorageTrouble
{
    /// <summary>Linux error numbers, as .NET puts them into <see cref="Exception.HResult"/> of an <see cref="IOException"/>.</summary>
    private const int FileTooLarge = 27, NoSpace = 28, ReadOnlyFileSystem = 30, QuotaExceeded = 122;

    /// <summary>The same on Windows: ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL, ERROR_WRITE_PROTECT.</summary>
    private const int HandleDiskFull = unchecked((int)0x80070027), DiskFull = unchecked((int)0x80070070), WriteProtect = unchecked((int)0x80070013);

    /// <summary>SQLite's primary result codes.</summary>
    private const int SqliteReadOnly = 8, SqliteIoError = 10, SqliteCorrupt = 11, SqliteFull = 13, SqliteCannotOpen = 14, SqliteNotADatabase = 26;

    /// <param name="what">What could not be written, as the subject of a sentence.</param>
    /// <returns>The sentence, or null when the failure is of no kind known here.</returns>
    public static string? Explain(string what, Exception failure) => failure switch
    {
        SqliteException { SqliteErrorCode: var code } => Explain(what, code),
        UnauthorizedAccessException => $"{what} cannot be written: this user may not. Give it write permission.",
        IOException { HResult: NoSpace or HandleDiskFull or DiskFull } => $"{what} cannot be written: the disk is full. Free some space on it.",
        IOException { HResult: QuotaExceeded } => $"{what} cannot be written: the disk quota is used up. Free some space or raise the quota.",
        IOException { HResult: FileTooLarge } => $"{what} cannot be written: a file would pass the size limit. Raise the limit (ulimit -f).",
        IOException { HResult: ReadOnlyFileSystem or WriteProtect } => $"{what} cannot be written: the disk is read-only. Make it writable.",
        _ => null,
    };

    private static string? Explain(string what, int code) => code switch
    {
        SqliteFull => $"{what} cannot be written: the disk is full. Free some space on it.",
        SqliteReadOnly or SqliteCannotOpen => $"{what} cannot be written: it is read-only. Make the folder and its files writable.",
        SqliteIoError => $"{what} cannot be written: the disk is full, limited or failing. Free some space and check the disk.",
        SqliteCorrupt or SqliteNotADatabase => $"{what} is damaged. Restore it from a copy.",
        _ => null,
    };
}
