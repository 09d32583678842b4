namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>Consecutive tokens of one sequence of the batch, one worker's share.</summary>
internal readonly record struct TokenRun(int Row, int First, int Count)
{
    /// <summary>Splits a batch evenly among workers, at multiples of a register block, so that no worker has an odd remainder more than needed.</summary>
    /// <param name="rows">Sequences.</param>
    /// <param name="tokens">Tokens of each.</param>
    /// <param name="workers">Workers.</param>
    /// <param name="block">Rows of a register block.</param>
    /// <returns>By worker; a worker may have none.</returns>
    public static TokenRun[][] Split(int rows, int tokens, int workers, int block)
    {
        var perRow = (tokens + block - 1) / block;
        var total = rows * perRow;
        var shares = new TokenRun[workers][];
        for (var worker = 0; worker < workers; worker++)
        {
            var runs = new List<TokenRun>();
            var end = (worker + 1) * total / workers;
            for (var at = worker * total / workers; at < end;)
            {
                var (row, start) = (at / perRow, at % perRow);
                var blocks = Math.Min(perRow - start, end - at);
                runs.Add(new TokenRun(row, start * block, Math.Min(blocks * block, tokens - (start * block))));
                at += blocks;
            }

            shares[worker] = [.. runs];
        }

        return shares;
    }
}
