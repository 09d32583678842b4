namespace SoraCluster.Media;

/// <summary>Tells trouble with the disk from other trouble.</summary>
internal static class StorageTrouble
{
    private static readonly string[] Signs =
    [
        "No space left on device", "Disk quota exceeded", "File too large", "Read-only file system", "Permission denied",
    ];

    public static bool IsIn(string words) => Signs.Any(sign => words.Contains(sign, StringComparison.Ordinal));

    /// <summary>Runs our own file work, and reports what the disk refuses as <see cref="MediaFailure.Storage"/>.</summary>
    public static T Guard<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MediaException(MediaFailure.Storage, $"'{path}' could not be written: {e.Message}", e);
        }
    }
}
