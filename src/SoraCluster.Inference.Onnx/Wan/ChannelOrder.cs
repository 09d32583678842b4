namespace SoraCluster.Inference.Onnx.Wan;

/// <summary>Our latents have their channels last, <c>[T, H, W, C]</c>; Wan's graphs want them first, <c>[C, T, H, W]</c>.</summary>
internal static class ChannelOrder
{
    public static void First(ReadOnlySpan<float> last, Span<float> first, int channels)
    {
        var cells = last.Length / channels;
        for (var i = 0; i < last.Length; i++)
        {
            first[(i % channels * cells) + (i / channels)] = last[i];
        }
    }

    public static void Last(ReadOnlySpan<float> first, Span<float> last, int channels)
    {
        var cells = last.Length / channels;
        for (var i = 0; i < last.Length; i++)
        {
            last[i] = first[(i % channels * cells) + (i / channels)];
        }
    }
}
