namespace SoraCluster.Worker.Engine;

/// <summary>A clip in a folder of its own.</summary>
internal sealed record FinishedClip(string Folder, ClipPart Video, ClipPart Thumbnail, ClipPart SpriteSheet, ClipPart Latents)
    : IFinishedClip
{
    public ValueTask DisposeAsync()
    {
        Remove(Folder);
        return ValueTask.CompletedTask;
    }

    /// <summary>What cannot be removed now is removed when the worker starts again.</summary>
    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
