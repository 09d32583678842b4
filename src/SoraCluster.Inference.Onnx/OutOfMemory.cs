using Microsoft.ML.OnnxRuntime;

namespace SoraCluster.Inference.Onnx;

/// <summary>
/// Tells a lack of memory, which the job that asked for too much pays for, from other failures of ONNX Runtime. It has no error code for it: the
/// words are those of its arena, of the C++ library, of CUDA and of the libraries on it.
/// </summary>
internal static class OutOfMemory
{
    private static readonly string[] Words =
        ["Failed to allocate memory", "out of memory", "bad_alloc", "bad allocation", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED"];

    public static bool Is(OnnxRuntimeException failure) =>
        Words.Any(words => failure.Message.Contains(words, StringComparison.OrdinalIgnoreCase));
}
