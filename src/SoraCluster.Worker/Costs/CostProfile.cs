using System.Text.Json;
using SoraCluster.Domain.Artifacts;

namespace SoraCluster.Worker.Costs;

/// <summary>
/// What a step costs on this device, learned while it runs: per batch key a straight line, seconds = fixed + rows × perRow,
/// fitted by least squares in which old steps fade (half their weight is gone after some 70). Thread-safe.
/// </summary>
public sealed class CostProfile
{
    private const double Fade = 0.99;

    /// <summary>A step that takes this many times what was expected (a pause of the machine, a first run) counts as no more.</summary>
    private const double OutlierFactor = 4;

    private readonly Lock gate = new();
    private readonly Dictionary<string, CostLine> lines;
    private bool changed;

    public CostProfile()
        : this([])
    {
    }

    private CostProfile(Dictionary<string, CostLine> lines) => this.lines = lines;

    /// <summary>Takes in one measured step.</summary>
    public void Observe(string batchKey, int rows, TimeSpan elapsed)
    {
        var seconds = elapsed.TotalSeconds;
        if (rows < 1 || seconds <= 0)
        {
            return;
        }

        lock (gate)
        {
            var line = lines.GetValueOrDefault(batchKey) ?? new CostLine();
            if (line.Weight >= 3)
            {
                seconds = Math.Min(seconds, OutlierFactor * line.Seconds(rows));
            }

            lines[batchKey] = line.With(rows, seconds, Fade);
            changed = true;
        }
    }

    /// <summary>Expected device seconds of a step with so many rows; null before any was measured.</summary>
    public double? SecondsPerStep(string batchKey, int rows)
    {
        lock (gate)
        {
            return lines.TryGetValue(batchKey, out var line) ? line.Seconds(rows) : null;
        }
    }

    /// <summary>The most rows, 1 to <paramref name="most"/>, whose step is expected within the budget; all while nothing is known.</summary>
    public int RowsWithin(string batchKey, TimeSpan budget, int most)
    {
        lock (gate)
        {
            return lines.TryGetValue(batchKey, out var line) ? line.RowsWithin(budget.TotalSeconds, most) : most;
        }
    }

    /// <summary>Reads a stored profile; an empty one when there is none, or none that can be read.</summary>
    public static async Task<CostProfile> LoadAsync(IArtifactStore store, string key, CancellationToken cancellation = default) =>
        new(await ReadAsync(store, key, cancellation));

    /// <summary>Takes over what a stored profile knows, for those who do not measure themselves.</summary>
    public async Task RefreshAsync(IArtifactStore store, string key, CancellationToken cancellation = default)
    {
        var stored = await ReadAsync(store, key, cancellation);
        lock (gate)
        {
            foreach (var (batchKey, line) in stored)
            {
                lines[batchKey] = line;
            }
        }
    }

    /// <summary>Stores it, if anything was measured since it was last stored.</summary>
    public async Task SaveAsync(IArtifactStore store, string key, CancellationToken cancellation = default)
    {
        Dictionary<string, CostLine> copy;
        lock (gate)
        {
            if (!changed)
            {
                return;
            }

            copy = new Dictionary<string, CostLine>(lines);
            changed = false;
        }

        try
        {
            await store.WriteAsync(
                key,
                (stream, token) => JsonSerializer.SerializeAsync(stream, copy, CostJson.Default.DictionaryStringCostLine, token),
                cancellation);
        }
        catch
        {
            lock (gate)
            {
                changed = true;
            }

            throw;
        }
    }

    private static async Task<Dictionary<string, CostLine>> ReadAsync(IArtifactStore store, string key, CancellationToken cancellation)
    {
        await using var stream = await store.OpenReadAsync(key, cancellation);
        if (stream is null)
        {
            return [];
        }

        try
        {
            var stored = await JsonSerializer.DeserializeAsync(stream, CostJson.Default.DictionaryStringCostLine, cancellation);
            return stored?.Where(pair => pair.Value.IsSound).ToDictionary() ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
