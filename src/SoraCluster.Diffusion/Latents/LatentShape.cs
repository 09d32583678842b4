namespace SoraCluster.Diffusion.Latents;

/// <summary>Name and dimensions (row-major, outermost first) of one latent tensor, e.g. <c>video [4, 8, 8, 24]</c>.</summary>
public sealed record LatentShape(string Name, int[] Dims)
{
    /// <summary>Number of float32 elements.</summary>
    public int Count { get; } = Product(Dims);

    public bool Equals(LatentShape? other) =>
        other is not null && Name == other.Name && Dims.AsSpan().SequenceEqual(other.Dims);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Name);
        foreach (var dim in Dims)
        {
            hash.Add(dim);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => $"{Name} [{string.Join(", ", Dims)}]";

    private static int Product(int[] dims)
    {
        var count = 1;
        foreach (var dim in dims)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dim, 1, nameof(dims));
            count = checked(count * dim);
        }

        return count;
    }
}
