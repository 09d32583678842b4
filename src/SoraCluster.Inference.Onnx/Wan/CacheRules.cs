using Microsoft.ML.OnnxRuntime;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx.Wan;

/// <summary>What one graph hands on must be what the next one takes.</summary>
internal static class CacheRules
{
    /// <exception cref="PackException">The output is missing, or of another type, rank or fixed size than the input.</exception>
    public static void Check(Graph from, string output, Graph to, string input)
    {
        var wanted = to.Inputs[input];
        var expected = $"an output of {Show(wanted)}, as input '{input}' of {to.File}";
        if (!from.Outputs.TryGetValue(output, out var made))
        {
            throw new PackException(from.File, output, expected, $"only {string.Join(", ", from.Outputs.Keys)}");
        }

        var fits = made.ElementDataType == wanted.ElementDataType && made.Dimensions.Length == wanted.Dimensions.Length
            && made.Dimensions.Zip(wanted.Dimensions).All(pair => pair.First < 0 || pair.Second < 0 || pair.First == pair.Second);
        if (!fits)
        {
            throw new PackException(from.File, output, expected, Show(made));
        }
    }

    private static string Show(NodeMetadata node) => $"{node.ElementType.Name} of shape [{string.Join(", ", node.Dimensions)}]";
}
