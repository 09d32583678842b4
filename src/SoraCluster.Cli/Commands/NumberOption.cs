using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace SoraCluster.Cli.Commands;

/// <summary>Options whose value is a number within bounds; anything else is refused in a sentence that names the option.</summary>
internal static class NumberOption
{
    public static Option<int> Whole(string name, string description, int least, int most, int usual) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
            int.TryParse(TextOf(result), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
                ? value
                : Refuse<int>(result, name, "a whole number", least, most),
    };

    /// <summary>One that has no value unless it is given.</summary>
    public static Option<int?> WholeOrNone(string name, string description, int least, int most)
    {
        var whole = Whole(name, description, least, most, least);
        return new(name) { Description = description, HelpName = whole.HelpName, CustomParser = result => whole.CustomParser!(result) };
    }

    public static Option<double?> Real(string name, string description, string helpName, double least, double most) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result =>
            double.TryParse(TextOf(result), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
                ? value
                : Refuse<double?>(result, name, "a number", least, most),
    };

    private static string TextOf(ArgumentResult result) => result.Tokens is [{ Value: var text }] ? text : "";

    private static T? Refuse<T>(ArgumentResult result, string name, string what, double least, double most)
    {
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be {what} from {least} to {most}; '{TextOf(result)}' was given."));
        return default;
    }
}
