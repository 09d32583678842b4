using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.S3;

/// <summary>
/// Artifacts as objects of an S3 bucket, each named by its key. S3 itself makes an object appear whole or not at all; larger ones go
/// up in parts, which an operator's lifecycle rule clears away where a process died between them.
/// </summary>
/// <remarks>
/// Digests are not kept: <see cref="GetInfoAsync"/> and <see cref="ListAsync"/> do not know them. Two deletions of one key at the same
/// time may both say that it was there.
/// </remarks>
public sealed class S3ArtifactStore : IArtifactStore, IDisposable
{
    private const int PageSize = 1000;

    private readonly S3Bucket bucket;

    private S3ArtifactStore(S3Bucket bucket) => this.bucket = bucket;

    /// <summary>Opens it, once the bucket is known to answer to these credentials.</summary>
    /// <exception cref="ArtifactStoreException">It is not there, or does not let us in; says why.</exception>
    public static async Task<S3ArtifactStore> OpenAsync(S3Address address, CancellationToken cancellation = default)
    {
        var bucket = new S3Bucket(address);
        try
        {
            var probe = new ListObjectsV2Request { BucketName = bucket.Name, Prefix = address.Prefix, MaxKeys = 1 };
            await bucket.CallAsync(s3 => s3.ListObjectsV2Async(probe, cancellation), cancellation);
            return new S3ArtifactStore(bucket);
        }
        catch
        {
            bucket.Dispose();
            throw;
        }
    }

    public async Task<ArtifactInfo> WriteAsync(
        string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        await using var upload = new S3Upload(bucket, bucket.ObjectOf(key));
        await using var hashing = new HashingStream(upload);
        try
        {
            await write(hashing, cancellation);
            cancellation.ThrowIfCancellationRequested();
            await upload.CompleteAsync(cancellation);
            return new ArtifactInfo(key, hashing.Length, hashing.TakeDigest());
        }
        catch
        {
            await upload.AbortAsync();
            throw;
        }
    }

    /// <summary>Sends for the bytes when they are first read, from where they are read.</summary>
    public async Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        return await HeadAsync(key, cancellation) is { } head ? new S3ReadStream(bucket, bucket.ObjectOf(key), head.ContentLength, head.ETag) : null;
    }

    public async Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        return await HeadAsync(key, cancellation) is { } head ? new ArtifactInfo(key, head.ContentLength, null) : null;
    }

    public async Task<bool> DeleteAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        if (await HeadAsync(key, cancellation) is null)
        {
            return false;
        }

        await bucket.CallAsync(s3 => s3.DeleteObjectAsync(bucket.Name, bucket.ObjectOf(key), cancellation), cancellation);
        return true;
    }

    public async Task DeletePrefixAsync(string prefix, CancellationToken cancellation = default)
    {
        ArtifactKeys.CheckPrefix(prefix);
        await foreach (var page in PagesAsync(prefix, cancellation))
        {
            if (page.Count > 0)
            {
                var doomed = new DeleteObjectsRequest
                {
                    BucketName = bucket.Name,
                    Objects = [.. page.Select(found => new KeyVersion { Key = found.Key })],
                    Quiet = true,
                };
                await bucket.CallAsync(s3 => s3.DeleteObjectsAsync(doomed, cancellation), cancellation);
            }
        }
    }

    public async IAsyncEnumerable<ArtifactInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        if (prefix.Length > 0)
        {
            ArtifactKeys.CheckPrefix(prefix);
        }

        await foreach (var page in PagesAsync(prefix, cancellation))
        {
            foreach (var found in page)
            {
                yield return new ArtifactInfo(bucket.KeyOf(found.Key), found.Size ?? 0, null);
            }
        }
    }

    public void Dispose() => bucket.Dispose();

    private async IAsyncEnumerable<List<S3Object>> PagesAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request { BucketName = bucket.Name, Prefix = bucket.ObjectOf(prefix), MaxKeys = PageSize };
        do
        {
            var page = await bucket.CallAsync(s3 => s3.ListObjectsV2Async(request, cancellation), cancellation);
            yield return page.S3Objects ?? [];
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
    }

    private Task<GetObjectMetadataResponse?> HeadAsync(string key, CancellationToken cancellation) => bucket.CallAsync(
        async s3 =>
        {
            try
            {
                return await s3.GetObjectMetadataAsync(bucket.Name, bucket.ObjectOf(key), cancellation);
            }
            catch (AmazonS3Exception none) when (none.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        },
        cancellation);
}
