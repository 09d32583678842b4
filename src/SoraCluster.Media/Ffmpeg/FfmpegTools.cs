namespace SoraCluster.Media;

/// <param name="Ffmpeg">Full path of the encoder.</param>
/// <param name="Ffprobe">Full path of the prober.</param>
public sealed record FfmpegTools(string Ffmpeg, string Ffprobe);
