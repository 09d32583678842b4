using SoraCluster.Diffusion.Latents;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Tests.Simd;

public class VectorMathTests
{
    [Fact]
    public void Exp_Range_IsAccurateToTwoUnits() =>
        Widths.ForEach(new Accuracy(x => Math.Exp(Math.Clamp(x, -86, 88)), 2.5e-7, Function.Exp));

    [Fact]
    public void Silu_Range_IsAccurate() => Widths.ForEach(new Accuracy(x => x / (1 + Math.Exp(-x)), 5e-7, Function.Silu));

    /// <summary>Against PyTorch's definition: x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).</summary>
    [Fact]
    public void Gelu_Range_IsAccurate() => Widths.ForEach(new Accuracy(
        x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))), 2e-6, Function.Gelu));

    [Fact]
    public void Operations_EveryWidth_GiveTheSameBits()
    {
        var bits = new Bits();
        Widths.ForEach(bits);
        Assert.All(bits.Results, result => Assert.Equal(bits.Results[0], result));
        Assert.True(bits.Results.Count >= 1);
    }

    private enum Function
    {
        Exp,
        Silu,
        Gelu,
    }

    private static unsafe float[] Apply<T>(float[] input, Function function)
        where T : struct, ILanes<T>
    {
        var output = new float[input.Length];
        fixed (float* source = input, target = output)
        {
            for (var i = 0; i < input.Length; i += 16)
            {
                var x = T.Load(source + i);
                (function switch
                {
                    Function.Exp => VectorMath.Exp(x),
                    Function.Silu => VectorMath.Silu(x),
                    _ => VectorMath.Gelu(x),
                }).Store(target + i);
            }
        }

        return output;
    }

    private static float[] Inputs() => [.. Enumerable.Range(0, 16 * 4000).Select(i => ((i - 32000) * 0.0031f))];

    private sealed class Accuracy(Func<double, double> reference, double tolerance, Function function) : IWidthTest
    {
        public void Run<T>()
            where T : struct, ILanes<T>
        {
            var inputs = Inputs();
            var outputs = Apply<T>(inputs, function);
            for (var i = 0; i < inputs.Length; i++)
            {
                var expected = reference(inputs[i]);
                var error = Math.Abs(outputs[i] - expected) / Math.Max(Math.Abs(expected), 1e-5);
                Assert.True(error <= tolerance, $"{T.Width} at {inputs[i]}: {outputs[i]} instead of {expected}");
            }
        }
    }

    private sealed class Bits : IWidthTest
    {
        public List<uint[]> Results { get; } = [];

        public unsafe void Run<T>()
            where T : struct, ILanes<T>
        {
            var x = new float[4096];
            PhiloxNoise.Fill(x, 3, 0, 0);
            List<float> values = [.. Apply<T>(x, Function.Exp), .. Apply<T>(x, Function.Silu), .. Apply<T>(x, Function.Gelu)];
            fixed (float* p = x)
            {
                for (var i = 0; i + 16 <= x.Length; i += 16)
                {
                    values.Add(T.Sum(T.Load(p + i)));
                    values.Add(T.Largest(T.Load(p + i)));
                    values.Add(T.Sum(T.Sqrt(T.Max(T.Load(p + i), T.Create(0.1f))) / T.Min(T.Load(p + i), T.Create(-0.5f))));
                }
            }

            Results.Add([.. values.Select(BitConverter.SingleToUInt32Bits)]);
        }
    }
}
