using Microsoft.ML.OnnxRuntime.Tensors;

namespace SoraCluster.Inference.Onnx.Tests.Wan;

/// <summary>What exporters call the tensors, and their number types.</summary>
internal sealed record WanNames(
    string Latents, string Conditioning, string Prediction, string Embeddings,
    TensorElementType Numbers, TensorElementType Time, TensorElementType Text)
{
    /// <summary>
    /// optimum-onnx: the transformer's as diffusers' signature has them, the outputs as its own configurations
    /// (optimum/exporters/onnx/model_configs.py at 1939f27, SD3TransformerOnnxConfig, T5EncoderOnnxConfig, VaeDecoderOnnxConfig).
    /// </summary>
    public static WanNames Optimum { get; } = new(
        "hidden_states", "encoder_hidden_states", "out_hidden_states", "last_hidden_state",
        TensorElementType.Float, TensorElementType.Int64, TensorElementType.Float);

    /// <summary>wannx (wannx/converters/dit.py and t5.py at 968ffda); its fp16 exports keep the time in float32.</summary>
    public static WanNames Flat { get; } = new(
        "latent_input", "text_embeddings", "noise_prediction", "text_embeddings",
        TensorElementType.Float16, TensorElementType.Float, TensorElementType.Float16);
}
