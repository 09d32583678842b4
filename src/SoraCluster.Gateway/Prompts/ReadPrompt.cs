using SoraCluster.Domain.Jobs;

namespace SoraCluster.Gateway.Prompts;

/// <summary>A prompt as it was sent, and what was made of it.</summary>
/// <param name="Text">As it was sent.</param>
/// <param name="Conditioning">What the pack reads instead (<see cref="TimedText"/>); null where it reads the text as it is.</param>
/// <param name="Script">The parsed form as JSON; null for prose without a preset.</param>
internal sealed record ReadPrompt(string Text, string? Conditioning = null, string? Script = null)
{
    /// <summary>The words of another clip.</summary>
    public static ReadPrompt Of(JobSpec spec) => new(spec.Prompt, spec.Conditioning, spec.Script);

    /// <summary>The words of two clips, told at once.</summary>
    public static ReadPrompt OfBoth(JobSpec first, JobSpec second) => new(
        $"{first.Prompt}\n{second.Prompt}",
        first.Conditioning is null && second.Conditioning is null ? null : $"{Told(first)}\n{Told(second)}");

    /// <summary>The same, its times counted from a later beginning.</summary>
    public ReadPrompt From(int seconds) => Conditioning is null ? this : this with
    {
        Conditioning = TimedText.Join([.. TimedText.Split(Conditioning).Select(
            (part, i) => i == 0 ? part : part with { Start = part.Start + seconds })]),
    };

    private static string Told(JobSpec spec) => string.Join('\n', TimedText.Split(spec.Conditioning ?? spec.Prompt).Select(part => part.Text));
}
