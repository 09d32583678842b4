using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.Gateway.Uploads;

/// <summary>Takes the files of requests in, byte by byte as they come. What was not looked at never gets into the artifact store.</summary>
internal sealed class UploadSpool(IOptions<GatewayOptions> options)
{
    private readonly Lazy<string> folder = new(() => options.Value.UploadFolder is { Length: > 0 } given
        ? Directory.CreateDirectory(given).FullName
        : Directory.CreateTempSubdirectory("soracluster-uploads-").FullName);

    /// <returns>The file; whoever asked for it disposes of it.</returns>
    /// <exception cref="ArtifactStoreException">The folder is full or cannot be written.</exception>
    public async Task<UploadedFile> TakeAsync(Stream body, CancellationToken cancellation)
    {
        var path = Path.Combine(Stored(() => folder.Value), Path.GetRandomFileName());
        try
        {
            var (length, sha256) = await CopyAsync(body, path, cancellation);
            return new UploadedFile(path, length, sha256);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private static async Task<(long Length, string Sha256)> CopyAsync(Stream body, string path, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = Stored(() => new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous));
        var buffer = new byte[64 * 1024];
        var length = 0L;
        int count;
        while ((count = await body.ReadAsync(buffer, cancellation)) > 0)
        {
            length += count;
            hash.AppendData(buffer, 0, count);
            await StoredAsync(file.WriteAsync(buffer.AsMemory(0, count), cancellation));
        }

        return (length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Tells trouble with our disk from trouble with the request's body, which is an <see cref="IOException"/> as well.</summary>
    private static T Stored<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    private static async Task StoredAsync(ValueTask write)
    {
        try
        {
            await write;
        }
        catch (IOException e)
        {
            throw Failed(e);
        }
    }

    private static ArtifactStoreException Failed(Exception e) => new($"The folder for uploads cannot be written: {e.Message}", e);
}
