using System.Text;
using SoraCluster.Gateway.Errors;

namespace SoraCluster.Gateway.Prompts;

/// <summary>
/// Reads the script form: labelled lines (<see cref="ScriptLabels"/>), each going on until the next label. A second <c>Shot:</c> begins a new shot;
/// what was said before the first one holds for all.
/// </summary>
internal sealed class ScriptParser
{
    private const int MaxShots = 64;
    private const int MaxBeats = 256;

    private readonly List<Draft> shots = [new Draft()];
    private readonly Dictionary<ScriptLabel, string> whole = [];
    private bool inShots;
    private int beats;

    /// <summary>Whether a text is meant as a script: its first line that is not blank carries a label.</summary>
    public static bool IsScript(string text)
    {
        var first = text.AsSpan().TrimStart();
        var end = first.IndexOfAny('\r', '\n');
        return ScriptLabels.TryRead((end < 0 ? first : first[..end]).ToString(), out _, out _);
    }

    /// <exception cref="Refusal">A line cannot be read; it is named by its number.</exception>
    public static PromptScript Parse(string text)
    {
        var parser = new ScriptParser();
        ScriptLabel? current = null;
        var number = 0;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var value = line.Trim();
            if (ScriptLabels.TryRead(line, out var label, out var rest))
            {
                (current, value) = (label, rest);
                parser.Begin(label, number);
            }

            if (value.Length > 0)
            {
                parser.Add(current!.Value, value, number);
            }
        }

        return parser.Finish();
    }

    private void Begin(ScriptLabel label, int line)
    {
        if (label != ScriptLabel.Shot)
        {
            return;
        }

        if (inShots)
        {
            shots.Add(new Draft(shots[0]));
            if (shots.Count > MaxShots)
            {
                throw Refusals.BadPrompt(line, $"there are more than {MaxShots} shots", $"ショットが {MaxShots} を超えています");
            }
        }
        else
        {
            shots[0].KeepAsShared();
        }

        inShots = true;
    }

    private void Add(ScriptLabel label, string value, int line)
    {
        if (label is ScriptLabel.Title or ScriptLabel.Style or ScriptLabel.Preset)
        {
            whole[label] = whole.TryGetValue(label, out var before) ? $"{before} {value}" : value;
            return;
        }

        if (label == ScriptLabel.Shot && BeatTime.TryRead(value, out var span) && span is { End: not null })
        {
            (shots[^1].Start, shots[^1].End) = (span.Start, span.End);
            shots[^1].TimeLine = line;
            value = span.Text;
        }

        if (label == ScriptLabel.Action)
        {
            AddAction(value, line);
        }
        else if (value.Length > 0)
        {
            shots[^1].Append(label, value);
        }
    }

    private void AddAction(string value, int line)
    {
        if (!BeatTime.TryRead(value, out var beat))
        {
            throw Refusals.BadPrompt(line, "the time at its start cannot be read; write it like '0-2s: the ball rolls'", "先頭の時刻を読み取れません。「0-2秒: ボールが転がる」のように書いてください");
        }

        if (beat is null)
        {
            shots[^1].AppendAction(value);
            return;
        }

        if (beat.Text.Length == 0)
        {
            throw Refusals.BadPrompt(line, "nothing is said to happen at this time", "この時刻に何が起きるかが書かれていません");
        }

        if (++beats > MaxBeats)
        {
            throw Refusals.BadPrompt(line, $"there are more than {MaxBeats} beats", $"ビートが {MaxBeats} を超えています");
        }

        shots[^1].Beats.Add((beat, line));
    }

    private PromptScript Finish()
    {
        foreach (var shot in shots)
        {
            shot.CheckTimes();
        }

        return new PromptScript(
            whole.GetValueOrDefault(ScriptLabel.Title), whole.GetValueOrDefault(ScriptLabel.Style), whole.GetValueOrDefault(ScriptLabel.Preset),
            [.. shots.Select(shot => shot.ToShot())]);
    }

    /// <summary>A shot while its lines come in.</summary>
    private sealed class Draft
    {
        private readonly Dictionary<ScriptLabel, StringBuilder> parts = [];
        private readonly Dictionary<ScriptLabel, string> shared = [];

        public Draft()
        {
        }

        public Draft(Draft first) => shared = first.shared;

        public double? Start { get; set; }

        public double? End { get; set; }

        public int TimeLine { get; set; }

        public List<(PromptBeat Beat, int Line)> Beats { get; } = [];

        public void KeepAsShared()
        {
            foreach (var (label, text) in parts)
            {
                shared[label] = text.ToString();
            }

            parts.Clear();
        }

        public void Append(ScriptLabel label, string value)
        {
            if (parts.TryGetValue(label, out var text))
            {
                text.Append(' ').Append(value);
            }
            else
            {
                parts.Add(label, new StringBuilder(value));
            }
        }

        public void AppendAction(string value)
        {
            if (Beats is [.., var (beat, line)])
            {
                Beats[^1] = (beat with { Text = $"{beat.Text} {value}" }, line);
            }
            else
            {
                Append(ScriptLabel.Action, value);
            }
        }

        public void CheckTimes()
        {
            if (Start >= End)
            {
                throw Refusals.BadPrompt(TimeLine, "the shot ends before it begins", "ショットの終わりが始まりより前です");
            }

            var reached = Start ?? 0;
            foreach (var (beat, line) in Beats)
            {
                if (beat.End <= beat.Start)
                {
                    throw Refusals.BadPrompt(line, "the beat ends before it begins", "ビートの終わりが始まりより前です");
                }

                if (beat.Start < reached)
                {
                    throw Refusals.BadPrompt(line, "the beat begins before the one above it has ended; put them in order", "ビートが前のビートの終わりより前に始まっています。順に並べてください");
                }

                if ((beat.End ?? beat.Start) > End)
                {
                    throw Refusals.BadPrompt(line, "the beat lies outside its shot", "ビートがショットの外にあります");
                }

                reached = beat.End ?? beat.Start;
            }
        }

        public PromptShot ToShot() => new()
        {
            Start = Start,
            End = End,
            Camera = Part(ScriptLabel.Shot),
            Scene = Part(ScriptLabel.Scene),
            Subject = Part(ScriptLabel.Subject),
            Lighting = Part(ScriptLabel.Lighting),
            Action = Part(ScriptLabel.Action),
            Beats = [.. Beats.Select(each => each.Beat)],
            Audio = Part(ScriptLabel.Audio),
            Grade = Part(ScriptLabel.Grade),
            Tempo = Part(ScriptLabel.Tempo),
        };

        private string? Part(ScriptLabel label) => parts.TryGetValue(label, out var text) ? text.ToString() : shared.GetValueOrDefault(label);
    }
}
