using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace SoraCluster.Inference.Onnx.Tests.Graphs;

/// <summary>Writes an ONNX graph (onnx.proto3, opset 17). Names of values are what its methods return.</summary>
internal sealed class GraphWriter
{
    private const int Float = 1;
    private const int Int64 = 7;

    private readonly ProtoWriter graph = new();
    private int count;

    /// <summary>A dimension of -1 is free.</summary>
    public string Input(string name, TensorElementType type, params ReadOnlySpan<int> shape)
    {
        graph.Message(11, Value(name, type, shape));
        return name;
    }

    /// <summary>Gives a value to the outside, under that name and of that type.</summary>
    public void Output(string name, string value, TensorElementType type, params ReadOnlySpan<int> shape)
    {
        Node("Cast", [value], name, ("to", [(int)type]));
        graph.Message(12, Value(name, type, shape));
    }

    public string Constant(float[] values, params ReadOnlySpan<int> shape) => Constant(Float, MemoryMarshal.AsBytes(values.AsSpan()), shape);

    public string Constant(params long[] values) => Constant(Int64, MemoryMarshal.AsBytes(values.AsSpan()), [values.Length]);

    /// <summary>A node with one output; attributes are whole numbers or lists of them.</summary>
    public string Node(string type, string[] inputs, params ReadOnlySpan<(string Name, int[] Values)> attributes) =>
        Node(type, inputs, $"v{count++}", attributes);

    public string ToFloat(string value) => Node("Cast", [value], ("to", [Float]));

    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        graph.Text(2, "micro");
        var opset = new ProtoWriter().Text(1, "").Number(2, 17);
        File.WriteAllBytes(path, new ProtoWriter().Number(1, 8).Message(8, opset).Message(7, graph).ToArray());
    }

    private string Node(string type, string[] inputs, string output, params ReadOnlySpan<(string Name, int[] Values)> attributes)
    {
        var node = new ProtoWriter();
        foreach (var input in inputs)
        {
            node.Text(1, input);
        }

        node.Text(2, output).Text(4, type);
        foreach (var (name, values) in attributes)
        {
            var attribute = new ProtoWriter().Text(1, name);
            var isList = name is "axes" or "pads" or "kernel_shape" or "perm";
            foreach (var value in values)
            {
                attribute.Number(isList ? 8 : 3, value);
            }

            node.Message(5, attribute.Number(20, isList ? 7 : 2));
        }

        graph.Message(1, node);
        return output;
    }

    private string Constant(int type, ReadOnlySpan<byte> raw, ReadOnlySpan<int> shape)
    {
        var tensor = new ProtoWriter();
        foreach (var dim in shape)
        {
            tensor.Number(1, dim);
        }

        var name = $"k{count++}";
        graph.Message(5, tensor.Number(2, type).Text(8, name).Bytes(9, raw));
        return name;
    }

    private static ProtoWriter Value(string name, TensorElementType type, ReadOnlySpan<int> shape)
    {
        var dims = new ProtoWriter();
        for (var i = 0; i < shape.Length; i++)
        {
            dims.Message(1, shape[i] < 0 ? new ProtoWriter().Text(2, $"{name}_{i}") : new ProtoWriter().Number(1, shape[i]));
        }

        var tensor = new ProtoWriter().Number(1, (int)type).Message(2, dims);
        return new ProtoWriter().Text(1, name).Message(2, new ProtoWriter().Message(1, tensor));
    }
}
