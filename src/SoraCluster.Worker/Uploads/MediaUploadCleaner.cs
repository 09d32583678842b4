using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Uploads;
using SoraCluster.Media;
using UploadKind = SoraCluster.Domain.Uploads.UploadKind;

namespace SoraCluster.Worker.Uploads;

/// <summary>Cleans uploads with ffmpeg, in the limits of <see cref="MediaOptions.Uploads"/>.</summary>
public sealed class MediaUploadCleaner(MediaOptions options, TimeProvider clock) : IUploadCleaner, IDisposable
{
    private readonly UploadCleaner cleaner = new(options, clock);

    /// <exception cref="ArtifactStoreException">The disk is full or cannot be written.</exception>
    /// <exception cref="MediaException">There is no ffmpeg.</exception>
    public async Task<UploadVerdict> CleanAsync(string file, UploadKind kind, string target, CancellationToken cancellation = default)
    {
        var asked = kind is UploadKind.Picture ? Media.UploadKind.Picture : Media.UploadKind.Clip;
        try
        {
            var length = await cleaner.CleanAsync(file, asked, target, cancellation);
            return new(null, Seconds: length.TotalSeconds);
        }
        catch (MediaException e) when (e.Failure is MediaFailure.Storage)
        {
            throw new ArtifactStoreException(e.Message, e);
        }
        catch (MediaException e) when (FaultOf(e.Failure) is { } fault)
        {
            return new(fault, fault switch
            {
                UploadFault.TooManyPixels => options.Uploads.Pixels(asked),
                UploadFault.TooLong => (long)options.Uploads.ClipLength.TotalSeconds,
                _ => 0,
            });
        }
    }

    public void Dispose() => cleaner.Dispose();

    private static UploadFault? FaultOf(MediaFailure failure) => failure switch
    {
        MediaFailure.UnknownFormat => UploadFault.UnknownFormat,
        MediaFailure.InvalidInput => UploadFault.Damaged,
        MediaFailure.TooManyPixels => UploadFault.TooManyPixels,
        MediaFailure.TooLong => UploadFault.TooLong,
        MediaFailure.TooCostly => UploadFault.TooCostly,
        _ => null,
    };
}
