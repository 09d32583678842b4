using System.Text.Json;
using System.Text.Json.Serialization;
using SoraCluster.Diffusion.Samplers;

namespace SoraCluster.Diffusion.Packs;

/// <summary>The JSON files of a pack: snake_case, every field without a default required, unknown fields ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PackManifest))]
[JsonSerializable(typeof(TextEncoderConfig))]
[JsonSerializable(typeof(JointTransformerConfig))]
[JsonSerializable(typeof(FrameDecoderConfig))]
[JsonSerializable(typeof(FrameEncoderConfig))]
[JsonSerializable(typeof(GriffinLimConfig))]
[JsonSerializable(typeof(T5EncoderConfig))]
[JsonSerializable(typeof(WanTransformerConfig))]
[JsonSerializable(typeof(WanDecoderConfig))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(FlowMatchEulerConfig))]
[JsonSerializable(typeof(UniPcConfig))]
[JsonSerializable(typeof(DpmSolverConfig))]
[JsonSerializable(typeof(Lexicon))]
internal sealed partial class PackJson : JsonSerializerContext;
