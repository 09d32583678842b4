using SoraCluster.Diffusion.Guidance;

namespace SoraCluster.Diffusion.Tests.Guidance;

public class PredictionTests
{
    [Fact]
    public void Split_SampleAndVelocity_AreTwoWaysToSayTheSame()
    {
        float[] clean = [0.5f, -1f, 2f], noise = [1f, 0.25f, -3f];
        const float sigma = 0.75f;
        float[] x = [.. clean.Zip(noise, (c, n) => ((1 - sigma) * c) + (sigma * n))];
        float[] velocity = [.. clean.Zip(noise, (c, n) => n - c)];
        float[] cleanOut = new float[3], velocityOut = new float[3];

        Prediction.Split(PredictionType.Sample, clean, x, sigma, cleanOut, velocityOut);
        Assert.Equal(clean, cleanOut);
        AssertNear(velocity, velocityOut);

        Prediction.Split(PredictionType.Velocity, velocity, x, sigma, cleanOut, velocityOut);
        Assert.Equal(velocity, velocityOut);
        AssertNear(clean, cleanOut);
    }

    [Theory]
    [InlineData(1f, new[] { 3f, -1f })]
    [InlineData(0f, new[] { 1f, 1f })]
    [InlineData(4f, new[] { 9f, -7f })]
    public void Combine_Scale_MovesAwayFromTheUnconditional(float scale, float[] expected)
    {
        float[] conditional = [3f, -1f], unconditional = [1f, 1f];
        ClassifierFreeGuidance.Combine(conditional, unconditional, scale, conditional);
        Assert.Equal(expected, conditional);
    }

    [Fact]
    public void Parse_UnknownName_IsAnError() => Assert.Throws<ArgumentOutOfRangeException>(() => Prediction.Parse("epsilon"));

    private static void AssertNear(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-6);
        }
    }
}
