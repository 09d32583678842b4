namespace SoraCluster.Domain.Uploads;

/// <summary>Checks what strangers upload, and makes clean media of it: nothing but the picture and the sound.</summary>
public interface IUploadCleaner
{
    /// <param name="file">Path of what was sent.</param>
    /// <param name="kind">What it has to be.</param>
    /// <param name="target">Path of the clean copy to be made: PNG or MP4.</param>
    /// <param name="cancellation">Stops the work at once.</param>
    Task<UploadVerdict> CleanAsync(string file, UploadKind kind, string target, CancellationToken cancellation = default);
}
