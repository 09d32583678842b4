using Microsoft.ML.OnnxRuntime;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Inference.Onnx;

/// <summary>
/// A graph that always runs with the same number of rows, on arrays that are allocated once. The same shapes every time mean the
/// same kernels every time, so that no row's bits depend on how many others there are. Not thread-safe.
/// </summary>
internal sealed class Graph : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions run = new();
    private readonly string file;
    private readonly List<string> inputNames = [];
    private readonly List<string> outputNames = [];
    private readonly List<OrtValue> inputs = [];
    private readonly List<OrtValue> outputs = [];

    /// <param name="rows">Rows of a pass, 1 or more: the first dimension of everything.</param>
    /// <exception cref="PackException">The part has no graph, or one that cannot be loaded.</exception>
    public Graph(Pack pack, string role, SessionMaker sessions, int rows)
    {
        session = sessions.Open(pack, role);
        file = pack.Manifest.Components[role].Graph!;
        Rows = rows;
    }

    public int Rows { get; }

    /// <summary>Binds an input <c>[rows, …row]</c> and gives its values, to be filled before each run.</summary>
    /// <exception cref="PackException">The graph has none of that name, type and shape.</exception>
    public T[] Input<T>(string name, params ReadOnlySpan<int> row)
        where T : unmanaged => Bind<T>(session.InputMetadata, "input", name, row, inputNames, inputs);

    /// <summary>Binds an output, likewise; its values are there after each run.</summary>
    /// <exception cref="PackException">The graph has none of that name, type and shape.</exception>
    public float[] Output(string name, params ReadOnlySpan<int> row) =>
        Bind<float>(session.OutputMetadata, "output", name, row, outputNames, outputs);

    /// <exception cref="OutOfMemoryException">The pass does not fit in the device's memory, or not below its limit.</exception>
    public void Run()
    {
        try
        {
            session.Run(run, inputNames, inputs, outputNames, outputs);
        }
        catch (OnnxRuntimeException failure) when (IsOutOfMemory(failure.Message))
        {
            throw new OutOfMemoryException($"{file} does not fit in the device's memory with {Rows} rows: {failure.Message}", failure);
        }
    }

    public void Dispose()
    {
        inputs.ForEach(value => value.Dispose());
        outputs.ForEach(value => value.Dispose());
        run.Dispose();
        session.Dispose();
    }

    private T[] Bind<T>(
        IReadOnlyDictionary<string, NodeMetadata> known, string kind, string name, ReadOnlySpan<int> row, List<string> names, List<OrtValue> values)
        where T : unmanaged
    {
        int[] shape = [Rows, .. row];
        Check<T>(known, kind, name, shape);
        var data = new T[shape.Aggregate(1, (count, dim) => count * dim)];
        names.Add(name);
        values.Add(OrtValue.CreateTensorValueFromMemory(data, Array.ConvertAll(shape, dim => (long)dim)));
        return data;
    }

    /// <summary>A dimension that the graph leaves free is -1 there.</summary>
    private void Check<T>(IReadOnlyDictionary<string, NodeMetadata> known, string kind, string name, int[] shape)
    {
        var expected = $"an {kind} of {typeof(T).Name} and shape [{string.Join(", ", shape)}]";
        if (!known.TryGetValue(name, out var node))
        {
            throw new PackException(file, name, expected, $"only {string.Join(", ", known.Keys)}");
        }

        var fits = node.IsTensor && node.ElementType == typeof(T) && node.Dimensions.Length == shape.Length
            && node.Dimensions.Zip(shape).All(pair => pair.First < 0 || pair.First == pair.Second);
        if (!fits)
        {
            throw new PackException(file, name, expected, $"{node.ElementType.Name} of shape [{string.Join(", ", node.Dimensions)}]");
        }
    }

    private static bool IsOutOfMemory(string message) =>
        message.Contains("Failed to allocate memory", StringComparison.OrdinalIgnoreCase)
        || message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);
}
