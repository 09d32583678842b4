using System.Text.Json.Serialization;

namespace SoraCluster.Diffusion.Packs;

/// <summary>
/// Class <c>GriffinLim</c>: log-mel frames to samples without weights (Griffin and Lim 1984, with the fast variant's momentum of Perraudin,
/// Balazs and Søndergaard 2013).
/// </summary>
/// <param name="SampleRate">Samples per second.</param>
/// <param name="NFft">Window and transform length in samples; a power of two.</param>
/// <param name="HopLength">Samples per mel frame.</param>
/// <param name="NMels">Bands.</param>
/// <param name="FMin">Lowest band edge, Hz.</param>
/// <param name="FMax">Highest band edge, Hz.</param>
/// <param name="Iterations">Phase iterations, 1 to 1000.</param>
/// <param name="MelFloor">log-mel = ln(mel + floor).</param>
/// <param name="MelMean">latent = (log-mel - mean) / std: one number, or one per band.</param>
/// <param name="MelStd">One number, or one per band; positive.</param>
public sealed record GriffinLimConfig(
    int SampleRate,
    [property: JsonPropertyName("n_fft")] int NFft,
    int HopLength,
    [property: JsonPropertyName("n_mels")] int NMels,
    [property: JsonPropertyName("f_min")] float FMin,
    [property: JsonPropertyName("f_max")] float FMax,
    int Iterations,
    float MelFloor,
    [property: JsonConverter(typeof(NumberOrListConverter))] float[] MelMean,
    [property: JsonConverter(typeof(NumberOrListConverter))] float[] MelStd) : ComponentConfig
{
    /// <inheritdoc/>
    public override Contradiction? Check(PackManifest manifest) =>
        Contradiction.Differ("sample_rate as in pack.json:", manifest.SampleRate, SampleRate)
        ?? Contradiction.Differ("n_mels as in pack.json's audio latents:", manifest.AudioShape.Dims[1], NMels)
        ?? Contradiction.Unless(int.IsPow2(NFft) && NFft is >= 64 and <= 8192, "n_fft a power of two from 64 to 8192", $"{NFft}")
        ?? Contradiction.Unless(HopLength > 0 && HopLength <= NFft / 2, "hop_length up to half of n_fft", $"{HopLength}")
        ?? Contradiction.OutOfRange("iterations", Iterations, 1000)
        ?? Contradiction.Unless(FMin >= 0 && FMin < FMax && FMax <= SampleRate / 2f, "0 <= f_min < f_max <= sample_rate / 2", $"{FMin} and {FMax}")
        ?? Contradiction.NotPositive("mel_floor", MelFloor)
        ?? OneOrPerBand("mel_mean", MelMean) ?? OneOrPerBand("mel_std", MelStd) ?? Contradiction.NotPositive("mel_std", MelStd.Min())
        ?? Contradiction.Differ(
            "as many samples in a window of sound as in one of pictures:",
            checked(manifest.VideoShape.Dims[0] * manifest.Window.FramesPerLatent * SampleRate / manifest.FrameRate),
            manifest.AudioShape.Dims[0] * HopLength);

    /// <summary>What a band's log-mel values are less by in the latents.</summary>
    public float Mean(int band) => PerBand(MelMean, band);

    /// <summary>What they are then divided by.</summary>
    public float Deviation(int band) => PerBand(MelStd, band);

    private static float PerBand(float[] values, int band) => values[values.Length == 1 ? 0 : band];

    private Contradiction? OneOrPerBand(string what, float[] values) =>
        Contradiction.Unless(values.Length == 1 || values.Length == NMels, $"one number or {NMels} in {what}", $"{values.Length}");
}
