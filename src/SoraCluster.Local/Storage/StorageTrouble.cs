using Microsoft.Data.Sqlite;
using SoraCluster.Worker.Artifacts;

namespace SoraCluster.Local.Storage;

/// <summary>Says in one sentence what is wrong with a disk or a database on it, and what to do about it.</summary>
internal static class StorageTrouble
{
    /// <summary>SQLite's primary result codes.</summary>
    private const int SqliteReadOnly = 8, SqliteIoError = 10, SqliteCorrupt = 11, SqliteFull = 13, SqliteCannotOpen = 14, SqliteNotADatabase = 26;

    /// <param name="what">What could not be written, as the subject of a sentence.</param>
    /// <returns>The sentence, or null when the failure is of no kind known here.</returns>
    public static string? Explain(string what, Exception failure) => failure switch
    {
        SqliteException { SqliteErrorCode: var code } => Explain(what, code),
        _ => DiskTrouble.Explain(what, failure),
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
