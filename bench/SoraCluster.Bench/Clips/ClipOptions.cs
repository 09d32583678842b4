using System.Globalization;

namespace SoraCluster.Bench.Clips;

/// <summary>What to measure; see the usage text.</summary>
internal sealed record ClipOptions(string Pack, int Rounds, int? Steps, int InFlight)
{
    /// <summary>Null when the arguments make no sense.</summary>
    public static ClipOptions? TryParse(ReadOnlySpan<string> args)
    {
        var options = new ClipOptions(Path.Combine("models", "tiny"), 9, null, 4);
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            var number = int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var n) && n > 0 ? n : (int?)null;
            switch (args[i], number)
            {
                case ("--pack", _):
                    options = options with { Pack = args[i + 1] };
                    break;
                case ("--rounds", { } rounds):
                    options = options with { Rounds = rounds };
                    break;
                case ("--steps", { } steps):
                    options = options with { Steps = steps };
                    break;
                case ("--jobs", { } jobs):
                    options = options with { InFlight = jobs };
                    break;
                default:
                    return null;
            }
        }

        return args.Length % 2 == 0 ? options : null;
    }
}
