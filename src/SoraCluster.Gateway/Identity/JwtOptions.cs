using System.ComponentModel.DataAnnotations;

namespace SoraCluster.Gateway.Identity;

/// <summary>Bearer tokens of an operator's own issuer, accepted beside API keys (RS256 and ES256).</summary>
public sealed class JwtOptions
{
    /// <summary>The <c>iss</c> that tokens must have.</summary>
    [Required]
    public required string Issuer { get; set; }

    /// <summary>The <c>aud</c> that tokens must have, alone or among others.</summary>
    [Required]
    public required string Audience { get; set; }

    /// <summary>The issuer's public keys, PEM (<c>BEGIN PUBLIC KEY</c>), RSA of at least 2048 bits or P-256; any of them may sign.</summary>
    [MinLength(1)]
    public required IReadOnlyList<string> PublicKeys { get; set; }

    /// <summary>The claim that names the user. Default <c>sub</c>.</summary>
    public string OwnerClaim { get; set; } = "sub";

    /// <summary>The scope (a word of the <c>scope</c> claim) that makes an operator. Default <c>sora:operator</c>.</summary>
    public string OperatorScope { get; set; } = "sora:operator";

    /// <summary>How far the issuer's clock may be off. Default 30 s; up to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);
}
