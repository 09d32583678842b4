using System.Globalization;
using System.Net;

namespace SoraCluster.Silo.Roles;

/// <summary>
/// A silo's name tells its roles (<c>control+gateway@host:11111</c>). The name is part of the membership table, so every silo
/// knows the roles of every other from the moment it sees it, without asking it: asking would wait on the silos that have just died.
/// </summary>
public static class SiloNames
{
    public static string Of(SiloRole roles, string host, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Join('+', Words(roles))}@{host}:{port}");

    /// <summary>Each role's name.</summary>
    public static IReadOnlyList<string> Words(SiloRole roles) =>
        [.. Enum.GetValues<SiloRole>().Where(r => r != SiloRole.None && roles.HasFlag(r)).Select(r => r.ToString().ToLowerInvariant())];

    /// <summary>The roles in a name; none for a name that is not one of ours.</summary>
    public static SiloRole RolesOf(string? name) => name?.Split('@') is [{ } roles, _] && TryParse(roles, '+', out var parsed) ? parsed : SiloRole.None;

    /// <summary>Reads <c>control,gpu,gateway</c>.</summary>
    public static bool TryParse(string text, char separator, out SiloRole roles)
    {
        roles = SiloRole.None;
        foreach (var word in text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Enum.TryParse<SiloRole>(word, ignoreCase: true, out var role) || !Enum.IsDefined(role) || role == SiloRole.None || char.IsDigit(word[0]))
            {
                return false;
            }

            roles |= role;
        }

        return roles != SiloRole.None;
    }

    /// <summary>
    /// The worker of a silo: <c>10.0.0.7_11111_374839201</c>. The last part is the silo's generation, new with every start, so that
    /// no two lives of a silo have the same worker.
    /// </summary>
    public static string WorkerId(IPEndPoint endpoint, int generation) => string.Create(
        CultureInfo.InvariantCulture, $"{endpoint.Address.ToString().Replace(':', '-')}_{endpoint.Port}_{generation}");
}
