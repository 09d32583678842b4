namespace SoraCluster.Worker.Engine;

/// <summary>One clip on the device. Nobody touches it while it is stepped or finished.</summary>
public interface IClipRun : IDisposable
{
    /// <summary>Clips with the same key can share a forward pass.</summary>
    string BatchKey { get; }

    /// <summary>Rows that it adds to a pass: 2 with guidance, else 1.</summary>
    int Rows { get; }

    /// <summary>Steps done.</summary>
    int Step { get; }

    /// <summary>Steps over all windows.</summary>
    int TotalSteps { get; }

    bool Done { get; }

    /// <summary>Words of the prompt that the pack does not know.</summary>
    IReadOnlyList<string> UnknownWords { get; }

    /// <summary>Memory it holds, in bytes.</summary>
    long Bytes { get; }

    /// <summary>Writes its whole state; continuing from it gives the same bits as going on.</summary>
    void Save(Stream destination);
}
