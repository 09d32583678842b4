using SoraCluster.Inference.Managed.Transformer;

namespace SoraCluster.Inference.Managed.Tests.Transformer;

public class TokenRunTests
{
    [Theory]
    [InlineData(1, 96, 1)]
    [InlineData(1, 96, 2)]
    [InlineData(2, 96, 3)]
    [InlineData(5, 50, 4)]
    [InlineData(1, 16, 8)]
    public void Split_AnyBatch_CoversEveryTokenOnceAndEvenly(int rows, int tokens, int workers)
    {
        var shares = TokenRun.Split(rows, tokens, workers, 12);
        var seen = shares.SelectMany(share => share)
            .SelectMany(run => Enumerable.Range(run.First, run.Count).Select(token => (run.Row, token))).ToList();

        Assert.Equal(workers, shares.Length);
        Assert.Equal(Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range(0, tokens).Select(token => (row, token))), seen);
        var blocks = shares.Select(share => share.Sum(run => (run.Count + 11) / 12)).ToArray();
        Assert.InRange(blocks.Max() - blocks.Min(), 0, 1);
    }
}
