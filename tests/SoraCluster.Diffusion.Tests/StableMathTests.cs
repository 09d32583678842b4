using System.Runtime.Intrinsics;

namespace SoraCluster.Diffusion.Tests;

public class StableMathTests
{
    /// <summary>Lanes are only a matter of speed: one bit more or less would change every clip.</summary>
    [Fact]
    public void Lanes_GiveTheBitsOfTheScalarFunctions()
    {
        var random = new Random(3);
        double[] edges = [0.5 / 4294967296.0, 0.125, 0.25, 0.5, 0.625, 0.875, Math.Sqrt(0.5), 1 - (0.5 / 4294967296.0)];
        for (var round = 0; round < 20_000; round++)
        {
            var x = round == 0 ? edges : [.. Enumerable.Range(0, 8).Select(_ => (random.NextInt64(1L << 32) + 0.5) / 4294967296.0)];
            var log = StableMath.Log(Vector512.Create(x));
            var (sin, cos) = StableMath.SinCosTurns(Vector512.Create(x));
            for (var lane = 0; lane < 8; lane++)
            {
                Assert.Equal(Bits(StableMath.Log(x[lane])), Bits(log[lane]));
                var expected = StableMath.SinCosTurns(x[lane]);
                Assert.Equal((Bits(expected.Sin), Bits(expected.Cos)), (Bits(sin[lane]), Bits(cos[lane])));
            }
        }

        static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);
    }
}
