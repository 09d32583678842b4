using SoraCluster.Testing.Denoisers;

namespace SoraCluster.Inference.Onnx.Tests;

public sealed class OnnxParityTests() : ReferencePackParity(pack => Runtimes.Cpu().Open(pack));
