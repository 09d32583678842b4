using SoraCluster.Diffusion.Safetensors;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>Small tensors in aligned storage.</summary>
internal static class Vectors
{
    public static AlignedBuffer Read(SafetensorsFile file, string name)
    {
        var buffer = new AlignedBuffer((int)file.Info(name).Count);
        file.ReadFloats(name, buffer.Span);
        return buffer;
    }
}
