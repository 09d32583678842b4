using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SoraCluster.Gateway.Identity;
using SoraCluster.Gateway.Tests.Support;

namespace SoraCluster.Gateway.Tests.Identity;

public sealed class JwtTests : IAsyncLifetime
{
    private readonly RSA rsa = RSA.Create(2048);
    private readonly ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private GatewayHost host = null!;

    public async Task InitializeAsync() => host = await GatewayHost.StartAsync(o => o.Jwt = new JwtOptions
    {
        Issuer = "https://id.example",
        Audience = "sora",
        PublicKeys = [rsa.ExportSubjectPublicKeyInfoPem(), ec.ExportSubjectPublicKeyInfoPem()],
    });

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        rsa.Dispose();
        ec.Dispose();
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Token_OfTheIssuer_SpeaksForItsSubject(string algorithm)
    {
        using var response = await SendAsync(Token(algorithm));
        Assert.Equal("jwt:alice", (await response.JsonAsync(200)).GetProperty("user").GetString());
    }

    [Theory]
    [InlineData("iss", "https://evil.example")]
    [InlineData("aud", "other")]
    [InlineData("exp", 1795305600L - 31)]
    [InlineData("nbf", 1795305600L + 60)]
    [InlineData("sub", "")]
    [InlineData("exp", null)]
    public async Task Token_WithAWrongClaim_OpensNothing(string claim, object? value)
    {
        using var response = await SendAsync(Token("RS256", (claim, value)));
        await response.ErrorAsync(401, "invalid_api_key");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("RS512")]
    public async Task Token_WithAnotherAlgorithm_OpensNothing(string algorithm)
    {
        var parts = Token("RS256").Split('.');
        var header = Encode(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["alg"] = algorithm }));
        var signed = $"{header}.{parts[1]}";
        var signature = algorithm switch
        {
            // The classic attack: the public key as a shared secret.
            "HS256" => Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), Encoding.ASCII.GetBytes(signed))),
            "RS512" => Encode(rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)),
            _ => "",
        };
        using var response = await SendAsync($"{signed}.{signature}");
        await response.ErrorAsync(401, "invalid_api_key");
    }

    [Fact]
    public async Task Token_WithOperatorScope_MayManageKeys()
    {
        using var user = await SendAsync(Token("ES256"), "/v1/keys");
        await user.ErrorAsync(403, "permission_denied");
        using var chief = await SendAsync(Token("ES256", ("scope", "openid sora:operator")), "/v1/keys");
        await chief.JsonAsync(200);
    }

    private Task<HttpResponseMessage> SendAsync(string token, string path = "/v1/me/limits") =>
        host.SendAsync(HttpMethod.Get, path, null, ("Authorization", $"Bearer {token}"));

    private string Token(string algorithm, params (string Name, object? Value)[] changes)
    {
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = "https://id.example",
            ["aud"] = "sora",
            ["sub"] = "alice",
            ["exp"] = host.Clock.GetUtcNow().ToUnixTimeSeconds() + 60,
        };
        foreach (var (name, value) in changes)
        {
            claims[name] = value;
        }

        var header = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["alg"] = algorithm, ["typ"] = "JWT" });
        var signed = $"{Encode(header)}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = algorithm == "RS256"
            ? rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : ec.SignData(bytes, HashAlgorithmName.SHA256);
        return $"{signed}.{Encode(signature)}";
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
