using System.Globalization;
using System.Text;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Engine;

namespace SoraCluster.Worker.Tests.Fakes;

/// <summary>A clip that only counts: its state is a hash chain over the seed and the steps, so a step too many or too few shows.</summary>
internal sealed class FakeRun(JobSpec spec, string key, int step, ulong state) : IClipRun
{
    public JobSpec Spec => spec;

    public string BatchKey => key;

    public int Rows => spec.GuidanceScale == 1 ? 1 : 2;

    public int Step { get; private set; } = step;

    public int TotalSteps => spec.Steps;

    public ulong State { get; private set; } = state;

    public bool Done => Step == TotalSteps;

    public IReadOnlyList<string> UnknownWords => ["xyzzy"];

    public long Bytes => 100;

    public bool Disposed { get; private set; }

    /// <summary>The state that an undisturbed run reaches.</summary>
    public static ulong Expected(JobSpec spec) =>
        Enumerable.Range(0, spec.Steps).Aggregate(spec.Seed, Next);

    public static FakeRun Restore(JobSpec spec, string key, Stream checkpoint)
    {
        using var reader = new StreamReader(checkpoint);
        var parts = reader.ReadToEnd().Split(' ');
        return parts is [var id, var step, var state] && id == spec.Id
            ? new FakeRun(
                spec, key, int.Parse(step, CultureInfo.InvariantCulture), ulong.Parse(state, CultureInfo.InvariantCulture))
            : throw new CheckpointException("damaged");
    }

    public void Advance()
    {
        Assert.False(Done, $"{spec.Id} was stepped beyond its end.");
        Assert.False(Disposed, $"{spec.Id} was stepped after it was let go.");
        State = Next(State, Step);
        Step++;
    }

    public void Save(Stream destination) =>
        destination.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{spec.Id} {Step} {State}")));

    public void Dispose() => Disposed = true;

    private static ulong Next(ulong state, int step) => unchecked(((state ^ (ulong)step) * 0x9E3779B97F4A7C15) + 1);
}
