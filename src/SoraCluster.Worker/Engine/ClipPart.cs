namespace SoraCluster.Worker.Engine;

/// <summary>One file of a finished clip.</summary>
/// <param name="FileName">Last segment of its artifact key, e.g. <c>video.mp4</c>.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Digest of the bytes, lower-case hex.</param>
/// <param name="WriteAsync">Writes the bytes; may be called again after a failure.</param>
public sealed record ClipPart(
    string FileName, long Length, string Sha256, Func<Stream, CancellationToken, Task> WriteAsync);
