namespace SoraCluster.Worker.Costs;

/// <summary>Sums of a weighted least-squares line through (rows, seconds).</summary>
/// <param name="Weight">Σ w.</param>
/// <param name="Rows">Σ w·rows.</param>
/// <param name="RowsSquared">Σ w·rows².</param>
/// <param name="Time">Σ w·seconds.</param>
/// <param name="RowsTime">Σ w·rows·seconds.</param>
internal sealed record CostLine(
    double Weight = 0, double Rows = 0, double RowsSquared = 0, double Time = 0, double RowsTime = 0)
{
    /// <summary>Whether it can be calculated with, wherever it was read.</summary>
    public bool IsSound =>
        double.IsFinite(Weight + Rows + RowsSquared + Time + RowsTime) && Weight > 0 && Rows > 0 && Time > 0;

    public CostLine With(int rows, double seconds, double fade) => new(
        (fade * Weight) + 1,
        (fade * Rows) + rows,
        (fade * RowsSquared) + ((double)rows * rows),
        (fade * Time) + seconds,
        (fade * RowsTime) + (rows * seconds));

    /// <summary>Expected seconds; never negative, never falling with more rows. Through the origin while only one number of rows was seen.</summary>
    public double Seconds(int rows)
    {
        var (start, perRow) = Fit();
        return start + (perRow * rows);
    }

    /// <summary>The most rows, 1 to <paramref name="most"/>, that are expected within <paramref name="seconds"/>.</summary>
    public int RowsWithin(double seconds, int most)
    {
        var (start, perRow) = Fit();
        return start + (perRow * most) <= seconds ? most
            : perRow > 0 ? (int)Math.Clamp(Math.Floor((seconds - start) / perRow), 1, most)
            : 1;
    }

    private (double Start, double PerRow) Fit()
    {
        var spread = (Weight * RowsSquared) - (Rows * Rows);
        var perRow = spread > 1e-6 * RowsSquared * Weight
            ? ((Weight * RowsTime) - (Rows * Time)) / spread
            : Time / Rows;
        perRow = Math.Clamp(perRow, 0, Time / Rows);
        return ((Time - (perRow * Rows)) / Weight, perRow);
    }
}
