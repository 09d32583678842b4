using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;

namespace SoraCluster.Inference.Managed.Autoencoder;

/// <summary>Convolutions one after the other, each shared among a team's workers.</summary>
internal sealed unsafe class ConvStack<T>(ThreadTeam team, params ConvLayer<T>[] layers)
    where T : struct, ILanes<T>
{
    private readonly AlignedBuffer[] tiles = [.. Enumerable.Range(0, team.Count).Select(_ => new AlignedBuffer(MatMul.Scratch))];

    /// <summary>One worker's share of all layers; every worker of the team calls it, and returns when all are done.</summary>
    public void Run(int worker)
    {
        foreach (var layer in layers)
        {
            layer.Run(worker, team.Count, tiles[worker].Pointer);
            team.Await();
        }
    }
}
