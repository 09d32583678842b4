using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Tests;

/// <summary>A test body for one width.</summary>
internal interface IWidthTest
{
    void Run<T>()
        where T : struct, ILanes<T>;
}
