using Amazon.S3.Model;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.S3;

/// <summary>
/// An object's bytes as they were when it was opened. A request from the position to the end is sent at the first read, and again after a
/// seek or when the connection breaks; should the object have been replaced by then, that read fails.
/// </summary>
internal sealed class S3ReadStream(S3Bucket bucket, string name, long length, string tag) : Stream
{
    /// <summary>Breaks of the connection in a row, with no byte between them, that are mended.</summary>
    private const int MaxBreaks = 3;

    private GetObjectResponse? response;
    private long position;
    private int breaks;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            if (value != position)
            {
                Drop();
                position = value;
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (position < length && buffer.Length > 0)
        {
            response ??= await SendAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var read = await response.ResponseStream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (read > 0)
                {
                    position += read;
                    breaks = 0;
                    return read;
                }

                throw new EndOfStreamException();
            }
            catch (IOException broken)
            {
                Drop();
                if (++breaks > MaxBreaks)
                {
                    throw new ArtifactStoreException($"The connection to S3 breaks again and again, at byte {position} of {length}.", broken);
                }
            }
        }

        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => position,
        _ => length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Drop();
        }

        base.Dispose(disposing);
    }

    private Task<GetObjectResponse> SendAsync(CancellationToken cancellation)
    {
        var request = new GetObjectRequest { BucketName = bucket.Name, Key = name, EtagToMatch = tag, ByteRange = new ByteRange(position, length - 1) };
        return bucket.CallAsync(s3 => s3.GetObjectAsync(request, cancellation), cancellation);
    }

    private void Drop()
    {
        response?.Dispose();
        response = null;
    }
}
