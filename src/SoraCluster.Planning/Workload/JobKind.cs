using System.Globalization;
using SoraCluster.Domain.Steps;

namespace SoraCluster.Planning.Workload;

/// <summary>One kind of job in a mix.</summary>
/// <param name="Share">How many of all jobs are of this kind, relative to the other kinds, above 0.</param>
/// <param name="Steps">Denoising steps, 1 or more.</param>
/// <param name="SecondsPerStep">Device time of a step on its own, above 0.</param>
public sealed record JobKind(string Name, double Share, int Steps, double SecondsPerStep, ServiceClass Class = ServiceClass.Standard)
{
    /// <summary>Reads <c>SHARE:STEPSxSECONDS[:CLASS]</c>, kinds separated by commas, e.g. <c>80:20x0.1,20:200x0.1:relaxed</c>.</summary>
    /// <exception cref="FormatException">It is not of that form; says where.</exception>
    public static IReadOnlyList<JobKind> Parse(string mix) => [.. mix.Split(',', StringSplitOptions.TrimEntries).Select(ParseOne)];

    private static JobKind ParseOne(string text)
    {
        var parts = text.Split(':');
        var size = parts.Length is 2 or 3 ? parts[1].Split('x') : [];
        var @class = ServiceClass.Standard;
        return size.Length == 2
            && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share > 0 && double.IsFinite(share)
            && int.TryParse(size[0], NumberStyles.None, CultureInfo.InvariantCulture, out var steps) && steps > 0
            && double.TryParse(size[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e6
            && (parts.Length == 2 || ClassNames.TryParse(parts[2], out @class))
                ? new(parts[1], share, steps, seconds, @class)
                : throw new FormatException($"'{text}' is not SHARE:STEPSxSECONDS[:CLASS], such as 80:20x0.1 or 20:200x0.1:relaxed.");
    }
}
