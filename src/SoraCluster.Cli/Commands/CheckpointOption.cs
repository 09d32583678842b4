using System.CommandLine;

namespace SoraCluster.Cli.Commands;

/// <summary><c>--checkpoint-every</c>, of the commands that denoise as workers.</summary>
internal static class CheckpointOption
{
    public static Option<int?> Create() => NumberOption.WholeOrNone(
        "--checkpoint-every", "The most steps that a lost worker costs a clip (default: 5, or as many as take a quarter of a second).", 1, 1000);
}
