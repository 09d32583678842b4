namespace SoraCluster.Planning;

/// <summary>How long jobs waited, in seconds.</summary>
public sealed class Waits
{
    private readonly List<float> toStart = [];
    private readonly List<float> waited = [];
    private bool sorted = true;

    public int Count => waited.Count;

    internal void Add(double start, double turnaround, double alone)
    {
        toStart.Add((float)start);
        waited.Add((float)Math.Max(0, turnaround - alone));
        sorted = false;
    }

    internal static Waits Of(IEnumerable<Waits> parts)
    {
        var all = new Waits { sorted = false };
        foreach (var part in parts)
        {
            all.toStart.AddRange(part.toStart);
            all.waited.AddRange(part.waited);
        }

        return all;
    }

    /// <summary>From submission to the first step.</summary>
    /// <param name="part">0 to 1: 0.95 is the wait that 95 % of the jobs do not exceed.</param>
    public double ToStart(double part) => At(toStart, part);

    /// <summary>The time from submission to the end during which the job did not get on, whether in line or sharing a device.</summary>
    public double Waited(double part) => At(waited, part);

    /// <summary>How many jobs waited at least so long and less than that, for each pair of neighbouring bounds.</summary>
    public IReadOnlyList<int> Histogram(IReadOnlyList<double> bounds)
    {
        var counts = new int[bounds.Count - 1];
        foreach (var wait in waited)
        {
            for (var i = 0; i < counts.Length; i++)
            {
                if (wait >= bounds[i] && wait < bounds[i + 1])
                {
                    counts[i]++;
                    break;
                }
            }
        }

        return counts;
    }

    private double At(List<float> values, double part)
    {
        if (!sorted)
        {
            toStart.Sort();
            waited.Sort();
            sorted = true;
        }

        return values.Count == 0 ? 0 : values[Math.Clamp((int)Math.Ceiling(part * values.Count) - 1, 0, values.Count - 1)];
    }
}
