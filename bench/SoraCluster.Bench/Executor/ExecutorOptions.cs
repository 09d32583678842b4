using System.Globalization;

namespace SoraCluster.Bench.Executor;

/// <summary>What to measure; see the usage text.</summary>
internal sealed record ExecutorOptions(string Pack, int Rounds, IReadOnlyList<int> Threads, bool ProcessorTime)
{
    /// <summary>Null when the arguments make no sense.</summary>
    public static ExecutorOptions? TryParse(ReadOnlySpan<string> args)
    {
        var options = new ExecutorOptions(Path.Combine("models", "tiny"), 15, [1, 2], false);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--cpu":
                    options = options with { ProcessorTime = true };
                    break;
                case "--pack" when i + 1 < args.Length:
                    options = options with { Pack = args[++i] };
                    break;
                case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
                    (options, i) = (options with { Rounds = rounds }, i + 1);
                    break;
                case "--threads" when i + 1 < args.Length:
                    options = options with { Threads = [.. args[++i].Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))] };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
