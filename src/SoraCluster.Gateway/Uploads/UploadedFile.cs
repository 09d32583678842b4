namespace SoraCluster.Gateway.Uploads;

/// <summary>A file that came with a request, as it came, in a folder of the server's own until the request is over.</summary>
/// <param name="path">Where it is.</param>
/// <param name="length">Bytes.</param>
/// <param name="sha256">Digest of its bytes, hex.</param>
internal sealed class UploadedFile(string path, long length, string sha256) : IDisposable
{
    public string Path => path;

    public long Length => length;

    public string Sha256 => sha256;

    /// <summary>Where its clean copy goes.</summary>
    public string CleanPath => path + ".clean";

    public void Dispose()
    {
        File.Delete(path);
        File.Delete(CleanPath);
    }
}
