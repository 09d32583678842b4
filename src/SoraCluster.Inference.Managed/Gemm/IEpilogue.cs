namespace SoraCluster.Inference.Managed.Gemm;

/// <summary>What becomes of a finished tile while it is still in the first-level cache.</summary>
internal unsafe interface IEpilogue
{
    /// <summary>Consumes one row of 32 sums.</summary>
    /// <param name="sums">32 sums, without bias.</param>
    /// <param name="bias">Their 32 biases.</param>
    /// <param name="row">Row of the product.</param>
    /// <param name="column">First of the 32 columns.</param>
    void Row(float* sums, float* bias, int row, int column);
}
