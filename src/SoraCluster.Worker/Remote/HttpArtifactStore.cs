using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using SoraCluster.Domain.Artifacts;
using SoraCluster.Domain.Serialization;

namespace SoraCluster.Worker.Remote;

/// <summary>
/// The artifact store through a gateway. What is written is first put down here, so that it can be sent again across a gap, with
/// its length and digest: the gateway stores it whole or not at all.
/// </summary>
public sealed class HttpArtifactStore(GatewayClient gateway) : IArtifactStore
{
    public async Task<ArtifactInfo> WriteAsync(
        string key, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        await using var spool = CreateSpool();
        await write(spool, cancellation);
        spool.Position = 0;
        var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(spool, cancellation));
        return await GuardAsync(() => gateway.SendThroughGapsAsync(
            () => Put(key, spool, digest),
            gateway.Options.TransferLimit,
            async (response, token) => (await response.Content.ReadFromJsonAsync(DomainJson.Default.ArtifactInfo, token))!,
            cancellation));
    }

    public async Task<Stream?> OpenReadAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        var spool = CreateSpool();
        try
        {
            var found = await GuardAsync(() => gateway.SendThroughGapsAsync(
                () => new HttpRequestMessage(HttpMethod.Get, PathOf(key)),
                gateway.Options.TransferLimit,
                (response, token) => ReceiveAsync(response, spool, token),
                cancellation));
            if (found)
            {
                spool.Position = 0;
                return spool;
            }
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }

        await spool.DisposeAsync();
        return null;
    }

    public Task<ArtifactInfo?> GetInfoAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        return GuardAsync(() => gateway.SendThroughGapsAsync(
            () => new HttpRequestMessage(HttpMethod.Head, PathOf(key)),
            gateway.Options.CallLimit,
            (response, _) => Task.FromResult(IsAbsent(response) ? null : InfoOf(key, response)),
            cancellation));
    }

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation = default)
    {
        ArtifactKeys.Check(key);
        return GuardAsync(() => gateway.SendThroughGapsAsync(
            () => new HttpRequestMessage(HttpMethod.Delete, PathOf(key)),
            gateway.Options.CallLimit,
            (response, _) => Task.FromResult(!IsAbsent(response)),
            cancellation));
    }

    public Task DeletePrefixAsync(string prefix, CancellationToken cancellation = default)
    {
        ArtifactKeys.CheckPrefix(prefix);
        return GuardAsync(() => gateway.SendThroughGapsAsync(
            () => new HttpRequestMessage(HttpMethod.Delete, $"{RemoteWire.ArtifactsPath}?prefix={prefix}"),
            gateway.Options.TransferLimit,
            (_, _) => Task.FromResult(true),
            cancellation));
    }

    public async IAsyncEnumerable<ArtifactInfo> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArtifactKeys.CheckPrefix(prefix);
        var found = await GuardAsync(() => gateway.SendThroughGapsAsync(
            () => new HttpRequestMessage(HttpMethod.Get, $"{RemoteWire.ArtifactsPath}?prefix={prefix}"),
            gateway.Options.TransferLimit,
            ReadLinesAsync,
            cancellation));
        foreach (var info in found)
        {
            yield return info;
        }
    }

    private static HttpRequestMessage Put(string key, Stream spool, string digest)
    {
        spool.Position = 0;
        var request = new HttpRequestMessage(HttpMethod.Put, PathOf(key)) { Content = new StreamContent(new Unowned(spool)) };
        request.Content.Headers.ContentLength = spool.Length;
        request.Headers.Add(RemoteWire.DigestHeader, digest);
        return request;
    }

    /// <summary>A connection that breaks in the middle must not pass for a short artifact.</summary>
    private static async Task<bool> ReceiveAsync(HttpResponseMessage response, Stream spool, CancellationToken cancellation)
    {
        if (IsAbsent(response))
        {
            return false;
        }

        spool.SetLength(0);
        await response.Content.CopyToAsync(spool, cancellation);
        return response.Content.Headers.ContentLength is not { } length || length == spool.Length
            ? true
            : throw new IOException($"{spool.Length} of {length} bytes arrived.");
    }

    private static async Task<List<ArtifactInfo>> ReadLinesAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var found = new List<ArtifactInfo>();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            found.Add(JsonSerializer.Deserialize(line, DomainJson.Default.ArtifactInfo)!);
        }

        return found;
    }

    private static ArtifactInfo InfoOf(string key, HttpResponseMessage response) => new(
        key,
        response.Content.Headers.ContentLength ?? throw new IOException("The length is missing."),
        response.Headers.TryGetValues(RemoteWire.DigestHeader, out var digests) ? digests.First() : null);

    private static bool IsAbsent(HttpResponseMessage response) => response.StatusCode == HttpStatusCode.NotFound;

    private static string PathOf(string key) => $"{RemoteWire.ArtifactsPath}/{key}";

    private FileStream CreateSpool()
    {
        try
        {
            var path = Path.Combine(gateway.Options.SpoolFolder, $"sora-spool-{Path.GetRandomFileName()}");
            return new FileStream(
                path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArtifactStoreException($"'{gateway.Options.SpoolFolder}' cannot be written to: {e.Message}", e);
        }
    }

    private static async Task<T> GuardAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (GatewayException e)
        {
            throw new ArtifactStoreException(e.Message, e);
        }
    }
}
