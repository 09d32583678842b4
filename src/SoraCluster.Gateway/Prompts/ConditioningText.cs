using SoraCluster.Domain.Jobs;

namespace SoraCluster.Gateway.Prompts;

/// <summary>
/// A script as the text that the pack reads: what is seen first, since packs cut long texts, then where, then how. A part of its own for every shot
/// and beat that has a time; a further shot that has one begins with a cut.
/// </summary>
internal static class ConditioningText
{
    public static string Of(PromptScript script)
    {
        var parts = new List<TimedText>();
        foreach (var shot in script.Shots)
        {
            var cuts = parts.Count > 0 && (shot.Start is not null || shot.Beats.Count > 0);
            var start = shot.Start ?? (cuts ? shot.Beats[0].Start : 0);
            if (shot.Beats.Count == 0 || shot.Beats[0].Start > start)
            {
                parts.Add(new TimedText(start, Text(script, shot, shot.Action), cuts));
                cuts = false;
            }

            parts.AddRange(shot.Beats.Select(
                (beat, i) => new TimedText(beat.Start, Text(script, shot, Joined(shot.Action, beat.Text)), cuts && i == 0)));
        }

        // Shots without times are told in one breath: nobody said when each begins.
        return TimedText.Join(script.Shots.Count > 1 && script.Shots.All(shot => shot.Start is null && shot.Beats.Count == 0)
            ? [new TimedText(0, Joined([.. parts.Select(part => part.Text)]))]
            : parts);
    }

    private static string Text(PromptScript script, PromptShot shot, string? action) =>
        Joined(shot.Subject, action, shot.Scene, shot.Lighting, shot.Camera, script.Style, shot.Grade, shot.Tempo, shot.Audio);

    private static string Joined(params IEnumerable<string?> parts) => string.Join('\n', parts.Where(part => !string.IsNullOrWhiteSpace(part)));
}
