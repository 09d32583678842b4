using System.Runtime.InteropServices;

namespace SoraCluster.Inference.Managed;

/// <summary>Zeroed float32 storage that never moves, aligned to a cache line. The pointer is good for as long as the buffer is reachable.</summary>
internal sealed unsafe class AlignedBuffer
{
    private const int Alignment = 64;

    private readonly float[] storage;

    public AlignedBuffer(int length)
    {
        Length = length;
        storage = GC.AllocateArray<float>(length + (Alignment / sizeof(float)), pinned: true);
        var address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(storage, 0);
        Pointer = (float*)((address + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    public int Length { get; }

    public float* Pointer { get; }

    public Span<float> Span => new(Pointer, Length);
}
