using System.Text;

namespace SoraCluster.Media;

/// <summary>The last characters that a pipe delivered; a flood does not fill the memory.</summary>
internal sealed class BoundedText(int limit)
{
    private readonly StringBuilder text = new();
    private long total;

    /// <summary>Characters that came in all.</summary>
    public long Total => Interlocked.Read(ref total);

    public bool Overflowed => Total > limit;

    /// <summary>Reads until the pipe is closed; blocks until then.</summary>
    public void Read(StreamReader pipe)
    {
        var buffer = new char[4096];
        try
        {
            for (int count; (count = pipe.Read(buffer)) > 0;)
            {
                lock (text)
                {
                    text.Append(buffer, 0, count);
                    text.Remove(0, Math.Max(0, text.Length - limit));
                }

                Interlocked.Add(ref total, count);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process was given up while this was still reading.
        }
    }

    /// <summary>On one line, without control characters, whatever the tool wrote.</summary>
    public string LastLines(int count)
    {
        var lines = ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var joined = string.Join("; ", lines.TakeLast(count));
        return string.Concat(joined.TakeLast(1000).Select(c => char.IsControl(c) ? '?' : c));
    }

    public override string ToString()
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
