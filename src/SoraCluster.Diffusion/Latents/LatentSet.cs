namespace SoraCluster.Diffusion.Latents;

/// <summary>Named float32 tensors that are denoised together: <c>video [T, H, W, C]</c> and <c>audio [M, B]</c>.</summary>
public sealed class LatentSet
{
    private readonly LatentShape[] shapes;
    private readonly float[][] tensors;

    /// <summary>A set of zeros.</summary>
    public LatentSet(IEnumerable<LatentShape> shapes)
        : this([.. shapes], null)
    {
    }

    private LatentSet(LatentShape[] shapes, float[][]? tensors)
    {
        this.shapes = shapes;
        this.tensors = tensors ?? Array.ConvertAll(shapes, shape => new float[shape.Count]);
        for (var i = 0; i < shapes.Length; i++)
        {
            if (Array.FindIndex(shapes, other => other.Name == shapes[i].Name) != i)
            {
                throw new ArgumentException($"Two latents are named '{shapes[i].Name}'.", nameof(shapes));
            }
        }
    }

    public IReadOnlyList<LatentShape> Shapes => shapes;

    /// <summary>The tensor itself, not a copy.</summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of that name.</exception>
    public float[] this[string name] => tensors[IndexOf(name)];

    /// <summary>The dimensions of one tensor.</summary>
    /// <exception cref="KeyNotFoundException">There is no tensor of that name.</exception>
    public LatentShape Shape(string name) => shapes[IndexOf(name)];

    /// <summary>The dimensions of one tensor; null when there is none of that name.</summary>
    public LatentShape? Find(string name)
    {
        foreach (var shape in shapes)
        {
            if (shape.Name == name)
            {
                return shape;
            }
        }

        return null;
    }

    /// <summary>A set with the same shapes and its own copies of the values.</summary>
    public LatentSet Clone() => new(shapes, Array.ConvertAll(tensors, tensor => (float[])tensor.Clone()));

    /// <summary>Copies every value of <paramref name="source"/>, which must have the same shapes.</summary>
    public void CopyFrom(LatentSet source)
    {
        if (!shapes.AsSpan().SequenceEqual(source.shapes))
        {
            throw new ArgumentException("The two sets have different shapes.", nameof(source));
        }

        for (var i = 0; i < tensors.Length; i++)
        {
            source.tensors[i].AsSpan().CopyTo(tensors[i]);
        }
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < shapes.Length; i++)
        {
            if (shapes[i].Name == name)
            {
                return i;
            }
        }

        throw new KeyNotFoundException($"No latent '{name}'; there are: {string.Join(", ", shapes.AsEnumerable())}.");
    }
}
