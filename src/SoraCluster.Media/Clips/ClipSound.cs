namespace SoraCluster.Media;

/// <summary>
/// The sound of a whole clip. Cut, or filled up with silence, to the length of the picture; values beyond the range are
/// clipped.
/// </summary>
/// <param name="Samples">Mono, in [-1, 1]; not-a-number is refused.</param>
/// <param name="SampleRate">Hz, 8,000 to 192,000.</param>
public sealed record ClipSound(ReadOnlyMemory<float> Samples, int SampleRate);
