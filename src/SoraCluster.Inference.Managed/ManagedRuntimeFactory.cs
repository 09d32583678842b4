using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed;

/// <summary>Runs the reference pack in C#, with SIMD and no native code.</summary>
public sealed class ManagedRuntimeFactory : IPackRuntimeFactory
{
    /// <exception cref="ArgumentOutOfRangeException">Less than one thread.</exception>
    /// <exception cref="PlatformNotSupportedException">The processor lacks the instructions asked for.</exception>
    public ManagedRuntimeFactory(ManagedOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        Threads = options.Threads;
        Width = Choose(options.Width);
    }

    /// <param name="threads">Threads per runtime, 1 or more.</param>
    public ManagedRuntimeFactory(int threads)
        : this(new ManagedOptions { Threads = threads })
    {
    }

    /// <summary>Threads per runtime, the calling one included.</summary>
    public int Threads { get; }

    /// <summary>The instructions in use, never <see cref="VectorWidth.Auto"/>.</summary>
    public VectorWidth Width { get; }

    /// <inheritdoc/>
    public IPackRuntime Open(Pack pack) => Width switch
    {
        VectorWidth.Avx512 => new ManagedRuntime<Lanes512>(pack, Threads),
        VectorWidth.Avx2 => new ManagedRuntime<Lanes256>(pack, Threads),
        _ => new ManagedRuntime<Lanes128>(pack, Threads),
    };

    private static VectorWidth Choose(VectorWidth wanted)
    {
        if (wanted == VectorWidth.Auto)
        {
            return Lanes512.IsSupported ? VectorWidth.Avx512 : Lanes256.IsSupported ? VectorWidth.Avx2 : VectorWidth.Portable;
        }

        var supported = wanted switch
        {
            VectorWidth.Avx512 => Lanes512.IsSupported,
            VectorWidth.Avx2 => Lanes256.IsSupported,
            _ => true,
        };
        return supported ? wanted : throw new PlatformNotSupportedException($"This processor cannot run {wanted} code.");
    }
}
