namespace SoraCluster.Gateway.Prompts;

/// <summary>A prompt in parts: what a script or a shot list says. It is told with the video, and can be changed and sent again as the prompt.</summary>
/// <param name="Title">A name for people; the pack does not read it.</param>
/// <param name="Style">The look of the whole clip.</param>
/// <param name="Preset">The preset that filled what was left open.</param>
/// <param name="Shots">In order; at least one.</param>
internal sealed record PromptScript(string? Title, string? Style, string? Preset, IReadOnlyList<PromptShot> Shots);

/// <summary>One shot. Times are seconds from the beginning of the clip; a shot without any lasts as long as the clip.</summary>
internal sealed record PromptShot
{
    public double? Start { get; init; }
    public double? End { get; init; }
    /// <summary>Framing and movement of the camera.</summary>
    public string? Camera { get; init; }
    public string? Scene { get; init; }
    public string? Subject { get; init; }
    public string? Lighting { get; init; }
    public string? Action { get; init; }
    public IReadOnlyList<PromptBeat> Beats { get; init; } = [];
    public string? Audio { get; init; }
    public string? Grade { get; init; }
    public string? Tempo { get; init; }
}

/// <summary>What happens at a time.</summary>
/// <param name="Start">Seconds from the beginning of the clip.</param>
/// <param name="End">Null: until the next one.</param>
/// <param name="Text">In words.</param>
internal sealed record PromptBeat(double Start, double? End, string Text);
