using Amazon.S3.Model;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.S3;

/// <summary>
/// What is written becomes an object when it is completed: in one request where it is small, in parts of one size else. Holds little
/// more than a part in memory, so long as its writer writes asynchronously. Forward only.
/// </summary>
internal sealed class S3Upload(S3Bucket bucket, string name) : Stream
{
    /// <summary>Bytes; S3 takes 5 MiB or more.</summary>
    private const int PartSize = 8 << 20;

    /// <summary>S3's limit: an object is at most 78 GiB here.</summary>
    private const int MaxParts = 10_000;

    private readonly MemoryStream unsent = new();
    private readonly List<PartETag> parts = [];
    private string? upload;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Puts the object in place.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        if (upload is null)
        {
            await PutAsync(cancellation);
        }
        else
        {
            if (unsent.Length > 0)
            {
                await SendPartAsync(0, (int)unsent.Length, cancellation);
            }

            var request = new CompleteMultipartUploadRequest { BucketName = bucket.Name, Key = name, UploadId = upload, PartETags = parts };
            await bucket.CallAsync(s3 => s3.CompleteMultipartUploadAsync(request, cancellation), cancellation);
        }
    }

    /// <summary>Has the parts thrown away. Tells nothing: the failure that led here is the one to tell.</summary>
    public async Task AbortAsync()
    {
        if (upload is null)
        {
            return;
        }

        var request = new AbortMultipartUploadRequest { BucketName = bucket.Name, Key = name, UploadId = upload };
        try
        {
            await bucket.CallAsync(s3 => s3.AbortMultipartUploadAsync(request), CancellationToken.None);
        }
        catch (ArtifactStoreException)
        {
            // The bucket's lifecycle rule clears it away.
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer) => unsent.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        if (unsent.Length >= PartSize)
        {
            await SendFullPartsAsync(cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Nothing: a part goes when it is full.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            unsent.Dispose();
        }

        base.Dispose(disposing);
    }

    private Task PutAsync(CancellationToken cancellation)
    {
        unsent.Position = 0;
        var request = new PutObjectRequest
        {
            BucketName = bucket.Name,
            Key = name,
            InputStream = unsent,
            AutoCloseStream = false,
            UseChunkEncoding = false,
        };
        return bucket.CallAsync(s3 => s3.PutObjectAsync(request, cancellation), cancellation);
    }

    private async Task SendFullPartsAsync(CancellationToken cancellation)
    {
        if (upload is null)
        {
            var begin = new InitiateMultipartUploadRequest { BucketName = bucket.Name, Key = name };
            upload = (await bucket.CallAsync(s3 => s3.InitiateMultipartUploadAsync(begin, cancellation), cancellation)).UploadId;
        }

        var sent = 0;
        for (; unsent.Length - sent >= PartSize; sent += PartSize)
        {
            await SendPartAsync(sent, PartSize, cancellation);
        }

        var rest = (int)unsent.Length - sent;
        var bytes = unsent.GetBuffer();
        bytes.AsSpan(sent, rest).CopyTo(bytes);
        unsent.SetLength(rest);
        unsent.Position = rest;
    }

    private async Task SendPartAsync(int start, int count, CancellationToken cancellation)
    {
        if (parts.Count == MaxParts)
        {
            throw new ArtifactStoreException($"An artifact is larger than S3 takes in {MaxParts} parts of {PartSize >> 20} MiB.");
        }

        using var part = new MemoryStream(unsent.GetBuffer(), start, count, writable: false);
        var request = new UploadPartRequest
        {
            BucketName = bucket.Name,
            Key = name,
            UploadId = upload,
            PartNumber = parts.Count + 1,
            PartSize = count,
            InputStream = part,
            UseChunkEncoding = false,
        };
        var answer = await bucket.CallAsync(s3 => s3.UploadPartAsync(request, cancellation), cancellation);
        parts.Add(new PartETag(parts.Count + 1, answer.ETag));
    }
}
