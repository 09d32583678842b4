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
}
