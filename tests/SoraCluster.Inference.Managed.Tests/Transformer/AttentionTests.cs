using SoraCluster.Diffusion.Latents;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Transformer;

namespace SoraCluster.Inference.Managed.Tests.Transformer;

public class AttentionTests
{
    [Theory]
    [InlineData(16, 1)]
    [InlineData(32, 96)]
    [InlineData(48, 50)]
    [InlineData(64, 33)]
    public void Run_AnyLengthAndHead_IsSoftmaxAttention(int headDim, int tokens) => Widths.ForEach(new Case(headDim, tokens, 1f));

    /// <summary>Scores in the hundreds: the largest is taken out first, so nothing overflows.</summary>
    [Fact]
    public void Run_LargeScores_StayFinite() => Widths.ForEach(new Case(32, 40, 10f));

    private sealed class Case(int headDim, int tokens, float size) : IWidthTest
    {
        private const int Heads = 2;

        public unsafe void Run<T>()
            where T : struct, ILanes<T>
        {
            var length = Heads * tokens * headDim;
            var (q, k, v) = (Noise(length, 1), Noise(length, 2), Noise(length, 3));
            var memory = new KeysAndValues(Heads, headDim, tokens);
            var output = new float[length];
            fixed (float* pq = q, pk = k, pv = v, po = output)
            {
                for (var head = 0; head < Heads; head++)
                {
                    // In two runs, the second of odd length.
                    var split = tokens / 3;
                    foreach (var (first, count) in new[] { (0, split), (split, tokens - split) })
                    {
                        var at = ((first * Heads) + head) * headDim;
                        memory.PutKeys(head, first, count, pk + at, Heads * headDim);
                        memory.PutValues(head, first, count, pv + at, Heads * headDim);
                    }
                }

                var attention = new Attention<T>(headDim, tokens);
                for (var head = 0; head < Heads; head++)
                {
                    var offset = head * headDim;
                    attention.Run(pq + offset, Heads * headDim, tokens, memory, head, po + offset, Heads * headDim);
                }
            }

            for (var i = 0; i < Heads * tokens; i++)
            {
                Check<T>(q, k, v, output, i % Heads, i / Heads);
            }
        }

        private void Check<T>(float[] q, float[] k, float[] v, float[] output, int head, int token)
            where T : struct, ILanes<T>
        {
            int at(int t, int i) => (((t * Heads) + head) * headDim) + i;
            var scores = Enumerable.Range(0, tokens)
                .Select(t => Enumerable.Range(0, headDim).Sum(i => (double)q[at(token, i)] * k[at(t, i)])).ToArray();
            var largest = scores.Max();
            var weights = scores.Select(score => Math.Exp(score - largest)).ToArray();
            for (var i = 0; i < headDim; i++)
            {
                var expected = Enumerable.Range(0, tokens).Sum(t => weights[t] * v[at(t, i)]) / weights.Sum();
                Assert.True(
                    Math.Abs(expected - output[at(token, i)]) < 1e-4 * size * size,
                    $"{T.Width}: head {head}, token {token}, {i}: {output[at(token, i)]} instead of {expected}");
            }
        }

        private float[] Noise(int length, uint stream)
        {
            var values = new float[length];
            PhiloxNoise.Fill(values, 8, stream, 0);
            return [.. values.Select(value => value * size)];
        }
    }
}
