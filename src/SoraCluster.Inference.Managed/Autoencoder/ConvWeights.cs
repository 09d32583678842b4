using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Inference.Managed.Gemm;

namespace SoraCluster.Inference.Managed.Autoencoder;

/// <summary>Convolution weights as a packed matrix whose inputs run over kernel row, kernel column, channel.</summary>
internal static class ConvWeights
{
    /// <summary>Reads <c>name.weight</c> [out, in, k, k] and <c>name.bias</c> [out].</summary>
    /// <param name="file">The weights.</param>
    /// <param name="name">The layer.</param>
    /// <param name="shuffle">
    /// The pixel shuffle that follows, 1 for none. Its outputs are put in the order (row, column, channel) of the shuffled image, so that each
    /// shuffled pixel is a contiguous run.
    /// </param>
    public static PackedMatrix Read(SafetensorsFile file, string name, int shuffle)
    {
        var shape = file.Info($"{name}.weight").Shape;
        var (outputs, inputs, size) = ((int)shape[0], (int)shape[1], (int)shape[2]);
        var weight = file.ReadFloats($"{name}.weight");
        var bias = file.ReadFloats($"{name}.bias");
        var taps = size * size;
        var rows = new float[weight.Length];
        var reordered = new float[outputs];
        for (var n = 0; n < outputs; n++)
        {
            var source = Source(n, outputs, shuffle * shuffle);
            reordered[n] = bias[source];
            for (var channel = 0; channel < inputs; channel++)
            {
                for (var tap = 0; tap < taps; tap++)
                {
                    rows[(((n * taps) + tap) * inputs) + channel] = weight[(((source * inputs) + channel) * taps) + tap];
                }
            }
        }

        return new PackedMatrix(rows, reordered, taps * inputs);
    }

    /// <summary>PyTorch's shuffle takes channel c at block position p from output c * positions + p.</summary>
    private static int Source(int n, int outputs, int positions)
    {
        var channels = outputs / positions;
        return (n % channels * positions) + (n / channels);
    }
}
