using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SoraCluster.Testing;
using StackExchange.Redis;

namespace SoraCluster.Silo.Tests.Redis;

/// <summary>A server that speaks TLS only, to one user, who has the keys of one cluster and no command that is not needed.</summary>
public sealed class SecuredRedis : IRedisFixture, IAsyncLifetime
{
    public const string Cluster = "secured", Password = "topsecret";

    private readonly TemporaryFolder folder = new();
    private readonly int port = Ports.Free();
    private RedisProcess process = null!;

    public string Address => $"{RedisProcess.AddressOf(port)},ssl=true,user=sora,password={Password}";

    /// <summary>Who signed its certificate, as PEM.</summary>
    public string Authority => folder.Of("ca.crt");

    public IConnectionMultiplexer Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        MakeCertificates();
        process = await RedisProcess.StartAsync(
            folder.Path, port,
            "--port", "0", "--tls-port", port.ToString(CultureInfo.InvariantCulture), "--tls-auth-clients", "no",
            "--tls-cert-file", folder.Of("redis.crt"), "--tls-key-file", folder.Of("redis.key"), "--tls-ca-cert-file", Authority,
            "--user", "default", "off",
            "--user", "sora", "on", $">{Password}", $"~{Cluster}/*", $"~{{{Cluster}/*", "&*",
            "-@all", "+@read", "+@write", "+@scripting", "+@transaction", "+@pubsub", "+@connection", "-@dangerous", "+info");
        var options = ConfigurationOptions.Parse(Address);
        options.TrustIssuer(Authority);
        Connection = await ConnectionMultiplexer.ConnectAsync(options);
    }

    public async Task DisposeAsync()
    {
        await Connection.DisposeAsync();
        await process.DisposeAsync();
        folder.Dispose();
    }

    private void MakeCertificates()
    {
        var (from, to) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=tests", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var issuer = authority.CreateSelfSigned(from, to);
        File.WriteAllText(Authority, issuer.ExportCertificatePem());

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=redis", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(issuer, from, to, [1]);
        File.WriteAllText(folder.Of("redis.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(folder.Of("redis.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
