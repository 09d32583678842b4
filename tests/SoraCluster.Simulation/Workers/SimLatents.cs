using System.Buffers.Binary;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Simulation.Workers;

/// <summary>
/// Stands for a clip's latents: a number that each step turns into the next, as the job's seed and nothing else decides. A step
/// left out, done twice or taken from another job shows in every number after it.
/// </summary>
public static class SimLatents
{
    public static ulong Start(JobSpec spec) => Mix(spec.Seed ^ 0x9E3779B97F4A7C15);

    public static ulong Step(ulong latents, JobSpec spec, int step) => Mix(latents + (spec.Seed * 31) + (ulong)step);

    /// <summary>After so many steps of an undisturbed run.</summary>
    public static ulong After(JobSpec spec, int steps)
    {
        var latents = Start(spec);
        for (var step = 0; step < steps; step++)
        {
            latents = Step(latents, spec, step);
        }

        return latents;
    }

    public static byte[] Write(ulong latents)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, latents);
        return bytes;
    }

    public static ulong Read(byte[] bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
