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
    private readonly List<GraphTensor> inputs = [];
    private readonly List<GraphTensor> outputs = [];

    /// <param name="pack">The pack.</param>
    /// <param name="role">The part.</param>
    /// <param name="sessions">Opens it.</param>
    /// <param name="rows">Rows of a pass, 1 or more: the first dimension of everything.</param>
    /// <param name="first">The part's graph for the first chunk instead.</param>
    /// <exception cref="PackException">The part has no graph, or one that cannot be loaded.</exception>
    /// <exception cref="OutOfMemoryException">The graph does not fit in the device's memory.</exception>
    public Graph(Pack pack, string role, SessionMaker sessions, int rows, bool first = false)
    {
        (File, var path) = pack.GraphOf(role, first);
        session = sessions.Open(File, path);
        Rows = rows;
    }

    /// <summary>Its name in the pack.</summary>
    public string File { get; }

    public int Rows { get; private set; }

    public IReadOnlyDictionary<string, NodeMetadata> Inputs => session.InputMetadata;

    public IReadOnlyDictionary<string, NodeMetadata> Outputs => session.OutputMetadata;

    /// <summary>Binds an input <c>[rows, …row]</c> of that very type and gives its values, to be filled before each run.</summary>
    /// <exception cref="PackException">The graph has none of that name, type and shape.</exception>
    public T[] Input<T>(string name, params ReadOnlySpan<int> row)
        where T : unmanaged => Bind(inputs, GraphTensor.Of<T>(this, "input", name, [Rows, .. row])).Data<T>();

    /// <summary>Binds an output, likewise; its values are there after each run.</summary>
    /// <exception cref="PackException">The graph has none of that name, type and shape.</exception>
    public float[] Output(string name, params ReadOnlySpan<int> row) =>
        Bind(outputs, GraphTensor.Of<float>(this, "output", name, [Rows, .. row])).Data<float>();

    /// <summary>Binds an input of that very shape, in whatever number type the graph wants it.</summary>
    /// <exception cref="PackException">The graph has none of that name and shape, or of a type that is not a number.</exception>
    public float[] InputOfAnyType(string name, params ReadOnlySpan<int> shape) =>
        Bind(inputs, GraphTensor.OfAnyType(this, "input", name, [.. shape])).Values;

    /// <summary>Binds an output, likewise.</summary>
    /// <exception cref="PackException">The graph has none of that name and shape, or of a type that is not a number.</exception>
    public float[] OutputOfAnyType(string name, params ReadOnlySpan<int> shape) =>
        Bind(outputs, GraphTensor.OfAnyType(this, "output", name, [.. shape])).Values;

    /// <summary>Takes as many rows as the graph's batch is fixed at, if it is: a pass can have no other number.</summary>
    /// <param name="name">An input whose first dimension is the batch.</param>
    /// <param name="maxBatch">What the pack says; a fixed batch must be that.</param>
    /// <exception cref="PackException">The pack promises another batch.</exception>
    public void FixBatch(string name, int maxBatch)
    {
        if (!Inputs.TryGetValue(name, out var node) || node.Dimensions is not [>= 0 and var batch, ..])
        {
            return; // free, or not there at all, which binding it tells
        }

        Rows = batch == maxBatch
            ? batch
            : throw new PackException(File, name, $"a batch that is free or {maxBatch}, as max_batch in pack.json", $"one fixed at {batch}");
    }

    /// <summary>Nothing may be left without a value.</summary>
    /// <param name="others">Inputs that are given in another way.</param>
    /// <exception cref="PackException">The graph has an input that nobody knows.</exception>
    public void RefuseOtherInputs(params IReadOnlyCollection<string> others)
    {
        var known = inputs.Select(tensor => tensor.Name).Concat(others).ToArray();
        if (Inputs.Keys.FirstOrDefault(name => !known.Contains(name)) is { } stranger)
        {
            throw new PackException(File, stranger, $"no inputs but {string.Join(", ", known)}", "another one");
        }
    }

    /// <exception cref="OutOfMemoryException">The pass does not fit in the device's memory, or not below its limit.</exception>
    public void Run() => Guarded(() =>
    {
        inputs.ForEach(tensor => tensor.ToGraph());
        session.Run(
            run, [.. inputs.Select(tensor => tensor.Name)], [.. inputs.Select(tensor => tensor.Value)],
            [.. outputs.Select(tensor => tensor.Name)], [.. outputs.Select(tensor => tensor.Value)]);
        outputs.ForEach(tensor => tensor.FromGraph());
    });

    /// <summary>Runs with what is bound and with caches, which stay where the graph runs.</summary>
    /// <param name="given">What goes in, by the graph's names.</param>
    /// <param name="wanted">What comes out, by the graph's names.</param>
    /// <param name="memory">Where it is to lie.</param>
    /// <returns>What came out, in the order asked for; the caller disposes.</returns>
    /// <exception cref="OutOfMemoryException">The pass does not fit in the device's memory, or not below its limit.</exception>
    public OrtValue[] Run(IEnumerable<(string Name, OrtValue Value)> given, IReadOnlyList<string> wanted, OrtMemoryInfo memory)
    {
        OrtValue[] made = [];
        Guarded(() =>
        {
            using var binding = session.CreateIoBinding();
            inputs.ForEach(tensor => tensor.ToGraph());
            foreach (var (name, value) in inputs.Select(tensor => (tensor.Name, tensor.Value)).Concat(given))
            {
                binding.BindInput(name, value);
            }

            outputs.ForEach(tensor => binding.BindOutput(tensor.Name, tensor.Value));
            foreach (var name in wanted)
            {
                binding.BindOutputToDevice(name, memory);
            }

            session.RunWithBinding(run, binding);
            var values = binding.GetOutputValues();
            values.Take(outputs.Count).ToList().ForEach(value => value.Dispose());
            made = [.. values.Skip(outputs.Count)];
            outputs.ForEach(tensor => tensor.FromGraph());
        });
        return made;
    }

    public void Dispose()
    {
        inputs.ForEach(tensor => tensor.Dispose());
        outputs.ForEach(tensor => tensor.Dispose());
        run.Dispose();
        session.Dispose();
    }

    private static GraphTensor Bind(List<GraphTensor> tensors, GraphTensor tensor)
    {
        tensors.Add(tensor);
        return tensor;
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (OnnxRuntimeException failure) when (OutOfMemory.Is(failure))
        {
            throw new OutOfMemoryException($"{File} does not fit in the device's memory with {Rows} rows: {failure.Message}", failure);
        }
    }
}
