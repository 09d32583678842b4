namespace SoraCluster.Media;

/// <summary>Why a media operation did not happen. Closed: every <see cref="MediaException"/> carries one.</summary>
public enum MediaFailure
{
    /// <summary>What was asked for is impossible, or the file given is not readable media. Trying again does not help.</summary>
    InvalidInput,

    /// <summary>ffmpeg or ffprobe is not installed, or not where the configuration says.</summary>
    ToolMissing,

    /// <summary>The tool ended with an error, or claimed success and delivered something else.</summary>
    ToolFailed,

    /// <summary>The tool made no progress within <see cref="MediaOptions.StallLimit"/> and was killed.</summary>
    Stalled,

    /// <summary>The disk is full, read-only or not accessible.</summary>
    Storage,

    /// <summary>An uploaded file is of no type that is read, or not of the one that was asked for.</summary>
    UnknownFormat,

    /// <summary>An uploaded picture, or a frame of an uploaded clip, has more pixels than <see cref="UploadLimits"/> allows.</summary>
    TooManyPixels,

    /// <summary>An uploaded clip is longer than <see cref="UploadLimits.ClipLength"/>.</summary>
    TooLong,

    /// <summary>Decoding an uploaded file took more time or memory than <see cref="UploadLimits"/> allows.</summary>
    TooCostly,
}
