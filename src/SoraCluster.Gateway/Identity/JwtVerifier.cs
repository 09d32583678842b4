using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace SoraCluster.Gateway.Identity;

/// <summary>
/// Checks signed tokens (RFC 7519) of the configured issuer. The algorithm follows from the key, never from the token alone,
/// and <c>none</c> and shared secrets are not among them.
/// </summary>
internal sealed class JwtVerifier : IDisposable
{
    private const int MaxLength = 8192;
    private const int MaxOwnerLength = 128;
    private const int MinRsaBits = 2048;

    private readonly JwtOptions? options;
    private readonly TimeProvider clock;
    private readonly List<AsymmetricAlgorithm> keys = [];

    public JwtVerifier(IOptions<GatewayOptions> options, TimeProvider clock)
    {
        this.options = options.Value.Jwt;
        this.clock = clock;
        foreach (var pem in this.options?.PublicKeys ?? [])
        {
            keys.Add(Import(pem));
        }
    }

    /// <summary>Whether this is a token to be checked here, rather than a key.</summary>
    public bool Recognizes(string bearer) => options is not null && bearer.Length <= MaxLength && bearer.AsSpan().Count('.') == 2;

    /// <returns>Null when the token opens nothing now.</returns>
    public Caller? Verify(string token)
    {
        var parts = token.Split('.');
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            var signature = Base64Url.DecodeFromChars(parts[2]);
            var signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
            var algorithm = Text(header.RootElement, "alg");
            if (header.RootElement.TryGetProperty("crit", out _) || !keys.Exists(key => IsSigned(key, algorithm, signed, signature)))
            {
                return null;
            }

            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return Read(claims.RootElement);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or CryptographicException)
        {
            return null;
        }
    }

    public void Dispose() => keys.ForEach(key => key.Dispose());

    private Caller? Read(JsonElement claims)
    {
        var now = clock.GetUtcNow();
        var isValid = Text(claims, "iss") == options!.Issuer
            && HasAudience(claims)
            && Time(claims, "exp") is { } until && now < until + options.ClockSkew
            && (!claims.TryGetProperty("nbf", out _) || (Time(claims, "nbf") is { } from && now >= from - options.ClockSkew));
        var owner = Text(claims, options.OwnerClaim);
        if (!isValid || owner is not { Length: > 0 and <= MaxOwnerLength } || owner.Any(char.IsControl))
        {
            return null;
        }

        // Another name space than keys' owners, whose names hold no colon: an issuer cannot speak for them.
        var scopes = (Text(claims, "scope") ?? "").Split(' ');
        return new Caller($"jwt:{owner}", scopes.Contains(options.OperatorScope), KeyId: null);
    }

    private bool HasAudience(JsonElement claims) => claims.TryGetProperty("aud", out var audience) && audience.ValueKind switch
    {
        JsonValueKind.String => audience.GetString() == options!.Audience,
        JsonValueKind.Array => audience.EnumerateArray().Any(a => a.ValueKind == JsonValueKind.String && a.GetString() == options!.Audience),
        _ => false,
    };

    private static bool IsSigned(AsymmetricAlgorithm key, string? algorithm, byte[] signed, byte[] signature) => (key, algorithm) switch
    {
        (RSA rsa, "RS256") => rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        (ECDsa ec, "ES256") => ec.VerifyData(signed, signature, HashAlgorithmName.SHA256),
        _ => false,
    };

    private static AsymmetricAlgorithm Import(string pem)
    {
        try
        {
            var ec = ECDsa.Create();
            ec.ImportFromPem(pem);
            return ec.KeySize == 256 ? ec : throw new ArgumentException("Jwt:PublicKeys: an elliptic curve key must be P-256.");
        }
        catch (CryptographicException)
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa.KeySize >= MinRsaBits ? rsa : throw new ArgumentException($"Jwt:PublicKeys: an RSA key must have at least {MinRsaBits} bits.");
        }
    }

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Time(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds)
        && seconds is > 0 and < 100_000_000_000
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;
}
