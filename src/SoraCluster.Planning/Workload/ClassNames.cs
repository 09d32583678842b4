using SoraCluster.Domain.Steps;

namespace SoraCluster.Planning.Workload;

/// <summary>Service classes as they are written in traces and mixes: by name, in any case.</summary>
internal static class ClassNames
{
    public static bool TryParse(string text, out ServiceClass @class) =>
        Enum.TryParse(text, ignoreCase: true, out @class) && Enum.IsDefined(@class) && char.IsAsciiLetter(text[0]);
}
