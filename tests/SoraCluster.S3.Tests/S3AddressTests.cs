using SoraCluster.Domain.Artifacts;

namespace SoraCluster.S3.Tests;

public sealed class S3AddressTests
{
    [Theory]
    [InlineData("s3://clips", "clips", "", "AWS")]
    [InlineData("s3://clips/", "clips", "", "AWS")]
    [InlineData("s3://clips/a/b?region=eu-west-1", "clips", "a/b/", "AWS in eu-west-1")]
    [InlineData("S3://AKIA:s%2Fe%2Bc@clips/a/?endpoint=https://minio:9000/&path-style=false", "clips", "a/", "https://minio:9000")]
    public void Parse_Address_GivesItsParts(string text, string bucket, string prefix, string host)
    {
        var address = S3Address.Parse(text);

        Assert.Equal((bucket, prefix, host), (address.Bucket, address.Prefix, address.Host));
        Assert.Equal($"s3://{bucket}/{prefix}", address.ToString());
    }

    [Theory]
    [InlineData("/mnt/sora")]
    [InlineData("s3://")]
    [InlineData("s3:///prefix")]
    [InlineData("s3://onlyakey@clips")]
    [InlineData("s3://key:topsecret@clips/a//b")]
    [InlineData("s3://key:topsecret@clips?endpoint=minio:9000")]
    [InlineData("s3://key:topsecret@clips?path-style=perhaps")]
    [InlineData("s3://clips?secret=topsecret")]
    public void Parse_NoAddress_IsRefusedWithoutItsSecret(string text)
    {
        var refused = Assert.Throws<ArtifactStoreException>(() => S3Address.Parse(text));

        Assert.DoesNotContain("topsecret", refused.ToString(), StringComparison.Ordinal);
    }
}
