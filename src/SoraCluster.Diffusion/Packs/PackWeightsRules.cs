using SoraCluster.Diffusion.Safetensors;

namespace SoraCluster.Diffusion.Packs;

/// <summary>Weights must hold the tensors that the component's configuration asks for, no more and no less.</summary>
internal static class PackWeightsRules
{
    /// <exception cref="PackException">A tensor is missing, unexpected, or of another shape or type.</exception>
    public static void Check(PackFolder folder, ComponentConfig config, PackComponent component, PackManifest manifest)
    {
        var specs = config.Tensors(manifest).ToDictionary(spec => spec.Name, StringComparer.Ordinal);
        if (component.Weights is not { } file)
        {
            if (specs.Count > 0)
            {
                throw new PackException(PackLoader.ManifestFile, null, $"weights for the component of class {component.Class}", "none");
            }

            return;
        }

        using var weights = folder.Open(file);
        foreach (var spec in specs.Values)
        {
            CheckTensor(file, weights, spec);
        }

        foreach (var tensor in weights.Tensors)
        {
            if (!specs.ContainsKey(tensor.Name))
            {
                throw new PackException(file, tensor.Name, $"no tensor of that name in class {component.Class}", tensor.ToString());
            }
        }
    }

    private static void CheckTensor(string file, SafetensorsFile weights, TensorSpec spec)
    {
        var shape = string.Join(", ", spec.Shape);
        if (!weights.Contains(spec.Name))
        {
            throw new PackException(file, spec.Name, $"shape [{shape}]", "no such tensor");
        }

        var info = weights.Info(spec.Name);
        if (!info.Shape.SequenceEqual(spec.Shape.Select(dim => (long)dim)))
        {
            throw new PackException(file, spec.Name, $"shape [{shape}]", $"shape [{string.Join(", ", info.Shape)}]");
        }

        if (info.Dtype == TensorDtype.Other)
        {
            throw new PackException(file, spec.Name, "dtype F32, F16 or BF16", $"dtype {info.DtypeName}");
        }
    }
}
