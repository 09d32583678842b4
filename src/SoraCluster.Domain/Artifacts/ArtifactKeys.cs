namespace SoraCluster.Domain.Artifacts;

/// <summary>
/// What a key may look like: segments of <c>[A-Za-z0-9._-]</c> separated by single <c>/</c>, none of them <c>.</c> or
/// <c>..</c>, at most 512 characters in all. Every store checks, so that no key ever means a place outside it.
/// </summary>
public static class ArtifactKeys
{
    public const int MaxLength = 512;

    public static bool IsValid(string key) => key.Length is > 0 and <= MaxLength && key.Split('/').All(IsSegment);

    /// <exception cref="ArgumentException">It is not a key.</exception>
    public static void Check(string key)
    {
        if (!IsValid(key))
        {
            throw new ArgumentException("An artifact key is made of segments of letters, digits, '.', '_' and '-'.", nameof(key));
        }
    }

    /// <exception cref="ArgumentException">It is not a key followed by <c>/</c>.</exception>
    public static void CheckPrefix(string prefix)
    {
        if (!prefix.EndsWith('/') || !IsValid(prefix[..^1]))
        {
            throw new ArgumentException("A prefix is an artifact key and a final '/'.", nameof(prefix));
        }
    }

    private static bool IsSegment(string segment) =>
        segment is not ("" or "." or "..") && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
