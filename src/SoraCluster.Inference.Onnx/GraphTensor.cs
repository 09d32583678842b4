using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx;

/// <summary>
/// An input or output of a graph, and an array that holds its values. Where the graph's number type is not the array's, values are converted before
/// and after each run.
/// </summary>
internal sealed class GraphTensor : IDisposable
{
    private readonly Array data;
    private readonly TensorElementType type;
    private readonly bool converts;

    private GraphTensor(string name, int[] shape, Array data, TensorElementType type)
    {
        Name = name;
        this.data = data;
        this.type = type;
        converts = data is float[] && type != TensorElementType.Float;
        var dims = Array.ConvertAll(shape, dim => (long)dim);
        Value = data switch
        {
            float[] floats when !converts => OrtValue.CreateTensorValueFromMemory(floats, dims),
            long[] longs => OrtValue.CreateTensorValueFromMemory(longs, dims),
            _ => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, dims),
        };
    }

    /// <summary>The graph's name for it.</summary>
    public string Name { get; }

    public OrtValue Value { get; }

    /// <summary>Its values, row-major.</summary>
    public float[] Values => Data<float>();

    /// <summary>One that has to be of that type: float or long.</summary>
    /// <exception cref="PackException">The graph has none of that name, type and shape.</exception>
    public static GraphTensor Of<T>(Graph graph, string kind, string name, int[] shape)
        where T : unmanaged
    {
        var expected = $"an {kind} of {typeof(T).Name} and shape [{string.Join(", ", shape)}]";
        var node = Find(graph, kind, name, shape, expected);
        return node.ElementType == typeof(T)
            ? new GraphTensor(name, shape, new T[Count(shape)], node.ElementDataType)
            : throw Refused(graph, name, expected, node);
    }

    /// <summary>One that may be of any number type; its values are float32 here, which is exact for ids below 2²⁴.</summary>
    /// <exception cref="PackException">The graph has none of that name and shape, or of a type that is not a number.</exception>
    public static GraphTensor OfAnyType(Graph graph, string kind, string name, int[] shape)
    {
        var expected = $"an {kind} of numbers and shape [{string.Join(", ", shape)}]";
        var node = Find(graph, kind, name, shape, expected);
        return node.ElementDataType is TensorElementType.Float or TensorElementType.Float16 or TensorElementType.BFloat16
            or TensorElementType.Double or TensorElementType.Int64 or TensorElementType.Int32
            ? new GraphTensor(name, shape, new float[Count(shape)], node.ElementDataType)
            : throw Refused(graph, name, expected, node);
    }

    /// <summary>The array itself.</summary>
    public T[] Data<T>() => (T[])data;

    /// <summary>Hands the array's values to the graph.</summary>
    public void ToGraph()
    {
        if (!converts)
        {
            return;
        }

        switch (type)
        {
            case TensorElementType.Float16: Into(value => (Float16)value); break;
            case TensorElementType.BFloat16: Into(value => (BFloat16)value); break;
            case TensorElementType.Double: Into(value => (double)value); break;
            case TensorElementType.Int64: Into(value => (long)value); break;
            default: Into(value => (int)value); break;
        }
    }

    /// <summary>Takes the graph's values into the array.</summary>
    public void FromGraph()
    {
        if (!converts)
        {
            return;
        }

        switch (type)
        {
            case TensorElementType.Float16: From<Float16>(value => value.ToFloat()); break;
            case TensorElementType.BFloat16: From<BFloat16>(value => value.ToFloat()); break;
            case TensorElementType.Double: From<double>(value => (float)value); break;
            case TensorElementType.Int64: From<long>(value => value); break;
            default: From<int>(value => value); break;
        }
    }

    public void Dispose() => Value.Dispose();

    private static int Count(int[] shape) => shape.Aggregate(1, (count, dim) => checked(count * dim));

    /// <summary>A dimension that the graph leaves free is -1 there.</summary>
    private static NodeMetadata Find(Graph graph, string kind, string name, int[] shape, string expected)
    {
        var known = kind == "input" ? graph.Inputs : graph.Outputs;
        if (!known.TryGetValue(name, out var node))
        {
            throw new PackException(graph.File, name, expected, $"only {string.Join(", ", known.Keys)}");
        }

        var fits = node.IsTensor && node.Dimensions.Length == shape.Length
            && node.Dimensions.Zip(shape).All(pair => pair.First < 0 || pair.First == pair.Second);
        return fits ? node : throw Refused(graph, name, expected, node);
    }

    private static PackException Refused(Graph graph, string name, string expected, NodeMetadata node) => new(
        graph.File, name, expected,
        node.IsTensor ? $"{node.ElementType.Name} of shape [{string.Join(", ", node.Dimensions)}]" : node.OnnxValueType.ToString());

    private void Into<T>(Func<float, T> convert)
        where T : unmanaged
    {
        var values = Values.AsSpan();
        var target = Value.GetTensorMutableDataAsSpan<T>();
        for (var i = 0; i < values.Length; i++)
        {
            target[i] = convert(values[i]);
        }
    }

    private void From<T>(Func<T, float> convert)
        where T : unmanaged
    {
        var source = Value.GetTensorDataAsSpan<T>();
        var values = Values.AsSpan();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = convert(source[i]);
        }
    }
}
