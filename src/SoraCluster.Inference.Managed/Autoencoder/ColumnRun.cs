namespace SoraCluster.Inference.Managed.Autoencoder;

/// <summary>Where a run of neighbouring output columns of a convolution goes.</summary>
/// <param name="Column">First column of the product.</param>
/// <param name="Length">Columns.</param>
/// <param name="Image">Which of the output images.</param>
/// <param name="Dy">Row inside the pixel's block.</param>
/// <param name="Dx">Column inside the pixel's block.</param>
/// <param name="Channel">First channel.</param>
internal readonly record struct ColumnRun(int Column, int Length, int Image, int Dy, int Dx, int Channel)
{
    /// <summary>Cuts runs at the borders of panels; the result is by panel.</summary>
    public static ColumnRun[][] ByPanel(IReadOnlyList<ColumnRun> runs, int panels, int panelWidth)
    {
        var result = Enumerable.Range(0, panels).Select(_ => new List<ColumnRun>()).ToArray();
        foreach (var run in runs)
        {
            for (var at = 0; at < run.Length;)
            {
                var column = run.Column + at;
                var length = Math.Min(run.Length - at, panelWidth - (column % panelWidth));
                result[column / panelWidth].Add(run with { Column = column, Length = length, Channel = run.Channel + at });
                at += length;
            }
        }

        return Array.ConvertAll(result, list => list.ToArray());
    }
}
