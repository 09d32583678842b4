namespace SoraCluster.Media;

/// <param name="Codec">E.g. <c>aac</c>.</param>
/// <param name="SampleRate">Hz.</param>
/// <param name="Channels">1 is mono.</param>
/// <param name="Duration">Zero when the file does not say.</param>
public sealed record SoundInfo(string Codec, int SampleRate, int Channels, TimeSpan Duration);
