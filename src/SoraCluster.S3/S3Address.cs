using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.S3;

/// <summary>
/// A place in S3, or in a store that speaks its protocol: <c>s3://[KEY:SECRET@]bucket[/prefix][?region=…&amp;endpoint=URL&amp;path-style=BOOL]</c>.
/// Without a key the SDK's chain finds the credentials, and without region and endpoint it finds the region. A key's characters
/// <c>/ + %</c> are percent-encoded. Its text form does not hold the key.
/// </summary>
public sealed class S3Address
{
    private const string Start = "s3://";

    private readonly AWSCredentials? credentials;
    private readonly string? region;
    private readonly Uri? endpoint;
    private readonly bool pathStyle;

    private S3Address(Uri uri)
    {
        Bucket = uri.Host;
        var prefix = uri.AbsolutePath.Trim('/');
        Require(prefix.Length == 0 || ArtifactKeys.IsValid(prefix), "the part after the bucket is made of letters, digits, '.', '_', '-' and '/'");
        Prefix = prefix.Length == 0 ? "" : prefix + "/";
        credentials = CredentialsIn(uri.UserInfo);
        foreach (var (name, value) in ParametersIn(uri.Query))
        {
            switch (name)
            {
                case "region":
                    region = value;
                    break;
                case "endpoint":
                    Require(Uri.TryCreate(value, UriKind.Absolute, out endpoint) && endpoint.Scheme is "http" or "https", "endpoint is a URL of http or https");
                    pathStyle = true;
                    break;
                case "path-style":
                    Require(bool.TryParse(value, out pathStyle), "path-style is true or false");
                    break;
                default:
                    Require(false, "only region, endpoint and path-style may follow the '?'");
                    break;
            }
        }
    }

    public string Bucket { get; }

    /// <summary>What every object's name begins with: empty, or ends in <c>/</c>.</summary>
    public string Prefix { get; }

    /// <summary>Where it is, for messages.</summary>
    public string Host => endpoint?.GetLeftPart(UriPartial.Authority) ?? (region is null ? "AWS" : $"AWS in {region}");

    public static bool Is(string text) => text.StartsWith(Start, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ArtifactStoreException">It is no such address; says what is wrong, and not what was given: that may hold a secret.</exception>
    public static S3Address Parse(string text)
    {
        Require(Is(text) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0, "it begins with s3:// and a bucket");
        return new S3Address(new Uri(text));
    }

    public override string ToString() => $"{Start}{Bucket}/{Prefix}";

    /// <exception cref="AmazonClientException">Nothing tells the region.</exception>
    internal AmazonS3Client CreateClient()
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = pathStyle,

            // Other stores than AWS' own do not all know the newer checksums. What is sent is signed with its SHA-256 all the same.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (endpoint is not null)
        {
            (config.ServiceURL, config.AuthenticationRegion) = (endpoint.ToString(), region ?? "us-east-1");
        }
        else if (region is not null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return credentials is null ? new(config) : new(credentials, config);
    }

    private static BasicAWSCredentials? CredentialsIn(string userInfo)
    {
        if (userInfo.Length == 0)
        {
            return null;
        }

        var parts = userInfo.Split(':');
        Require(parts is [{ Length: > 0 }, { Length: > 0 }], "a key before the '@' is KEY:SECRET");
        return new(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]));
    }

    private static IEnumerable<(string Name, string Value)> ParametersIn(string query) =>
        from pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        let parts = pair.Split('=', 2)
        select (parts[0], Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : ""));

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new ArtifactStoreException($"The S3 address cannot be used: {rule}. Its form is s3://bucket/prefix?region=…");
        }
    }
}
