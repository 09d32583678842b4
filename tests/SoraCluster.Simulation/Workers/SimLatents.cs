using System.Buffers.Binary;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Domain.Jobs;

namespace SoraCluster.Simulation.Workers;

/// <summary>
/// Stands for a clip's latents: a number that each step turns into the next, as the job's seed and nothing else decides. A step
/// left out, done twice or taken from another job shows in every number after it.
/// </summary>
public static class SimLatents
{
    private const int Length = 32;

    public static ulong Start(ulong seed) => Mix(seed ^ 0x9E3779B97F4A7C15);

    public static ulong Step(ulong latents, ulong seed, int step) => Mix(latents + (seed * 31) + (ulong)step);

    /// <summary>What an undisturbed run has after 0, 1, 2 … steps.</summary>
    public static ulong[] Undisturbed(JobSpec spec)
    {
        var all = new ulong[spec.Steps + 1];
        all[0] = Start(spec.Seed);
        for (var step = 0; step < spec.Steps; step++)
        {
            all[step + 1] = Step(all[step], spec.Seed, step);
        }

        return all;
    }

    /// <summary>Seed, step, latents and a digest: 32 bytes.</summary>
    public static byte[] Write(ulong seed, int step, ulong latents)
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, seed);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), step);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), latents);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), Digest(seed, step, latents));
        return bytes;
    }

    /// <exception cref="CheckpointException">Torn, damaged, or of another job.</exception>
    public static (int Step, ulong Latents) Read(ReadOnlySpan<byte> bytes, ulong seed)
    {
        if (bytes.Length != Length)
        {
            throw new CheckpointException($"It has {bytes.Length} bytes.");
        }

        var step = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        var latents = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) == seed
            && BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]) == Digest(seed, step, latents)
            ? (step, latents)
            : throw new CheckpointException("It is damaged, or another job's.");
    }

    private static ulong Digest(ulong seed, int step, ulong latents) => Mix(seed + Mix((ulong)step + Mix(latents)));

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
