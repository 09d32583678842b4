using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.S3;

/// <summary>The one bucket, and what its failures mean to an operator.</summary>
internal sealed class S3Bucket : IDisposable
{
    private readonly S3Address address;
    private readonly AmazonS3Client client;

    public S3Bucket(S3Address address)
    {
        this.address = address;
        try
        {
            client = address.CreateClient();
        }
        catch (AmazonClientException failure)
        {
            throw new ArtifactStoreException($"{address}: the region is not known; name it with ?region=… or AWS_REGION.", failure);
        }
    }

    public string Name => address.Bucket;

    /// <summary>The object's name of an artifact key.</summary>
    public string ObjectOf(string key) => address.Prefix + key;

    /// <summary>The artifact key of an object's name.</summary>
    public string KeyOf(string name) => name[address.Prefix.Length..];

    /// <exception cref="ArtifactStoreException">S3 could not or would not; says what to look at.</exception>
    public async Task<T> CallAsync<T>(Func<IAmazonS3, Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await call(client).ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested && Explain(failure) is { } reason)
        {
            throw new ArtifactStoreException($"{address}: {reason}", failure);
        }
    }

    public void Dispose() => client.Dispose();

    private string? Explain(Exception failure) => failure switch
    {
        AmazonS3Exception { ErrorCode: "NoSuchBucket" } => $"there is no bucket '{Name}' at {address.Host}.",
        AmazonS3Exception { ErrorCode: "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "InvalidToken" or "ExpiredToken" } e =>
            $"{address.Host} refuses the credentials ({e.ErrorCode}).",
        AmazonS3Exception { ErrorCode: "PermanentRedirect" or "AuthorizationHeaderMalformed" } or AmazonS3Exception { StatusCode: HttpStatusCode.MovedPermanently } =>
            "the bucket is in another region; name it with ?region=….",
        AmazonS3Exception { StatusCode: HttpStatusCode.Forbidden } =>
            "access is denied; listing the bucket, and getting, putting and deleting its objects must be allowed.",
        AmazonS3Exception { StatusCode: HttpStatusCode.PreconditionFailed } => "the object was replaced while it was read.",
        AmazonS3Exception { StatusCode: HttpStatusCode.NotFound } => "the object is gone.",
        AmazonServiceException { StatusCode: not 0 } e => $"{address.Host} answers {(int)e.StatusCode} ({e.ErrorCode}).",
        AmazonServiceException or HttpRequestException or IOException or TimeoutException or OperationCanceledException => $"{address.Host} does not answer.",
        AmazonClientException => "no credentials were found, or the request could not be made.",
        _ => null,
    };
}
