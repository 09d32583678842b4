namespace SoraCluster.Domain.Uploads;

/// <summary>Why an uploaded file is not taken.</summary>
public enum UploadFault
{
    /// <summary>It is of no type that is read, whatever its name.</summary>
    UnknownFormat,

    /// <summary>It ends early, or cannot be decoded.</summary>
    Damaged,

    /// <summary>Its picture has more pixels than the limit.</summary>
    TooManyPixels,

    /// <summary>It lasts more seconds than the limit.</summary>
    TooLong,

    /// <summary>Decoding it took more time or memory than a file may.</summary>
    TooCostly,
}
