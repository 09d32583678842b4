using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>
/// The joint transformer over a batch of rows. Each worker keeps the same tokens from the first block to the last; inside a block the workers meet
/// once, between writing keys and values and reading them. Those are kept twice, so that one meeting is enough.
/// </summary>
internal sealed unsafe class JointTransformer<T>
    where T : struct, ILanes<T>
{
    private readonly JointTransformerConfig config;
    private readonly JointGeometry geometry;
    private readonly ThreadTeam team;
    private readonly int width;
    private readonly JointWorker<T>[] workers;
    private readonly DenoiseRow?[] rows;
    private readonly TokenRun[][]?[] plans;
    private readonly SequenceState?[] sequences;
    private readonly AlignedBuffer condition;
    private readonly AlignedBuffer shared;
    private readonly AlignedBuffer last;
    private readonly Action<int> job;
    private int count;

    public JointTransformer(PackManifest manifest, JointTransformerConfig config, SafetensorsFile file, ThreadTeam team)
    {
        this.config = config;
        this.team = team;
        width = config.HiddenSize;
        geometry = new JointGeometry(manifest, config);
        var weights = new JointWeights(config, file);
        workers = [.. Enumerable.Range(0, team.Count).Select(_ => new JointWorker<T>(geometry, config, weights))];
        rows = new DenoiseRow?[manifest.MaxBatch];
        plans = new TokenRun[][]?[manifest.MaxBatch + 1];
        sequences = new SequenceState?[manifest.MaxBatch];
        condition = new AlignedBuffer(manifest.MaxBatch * width);
        shared = new AlignedBuffer(manifest.MaxBatch * 6 * width);
        last = new AlignedBuffer(manifest.MaxBatch * 2 * width);
        job = Work;
    }

    /// <summary>Writes every row's prediction. The rows have been checked.</summary>
    public void Run(ReadOnlySpan<DenoiseRow> batch)
    {
        Reserve(batch.Length);
        batch.CopyTo(rows!);
        count = batch.Length;
        team.Run(job);
        rows.AsSpan(0, count).Clear();
    }

    /// <summary>Workspace for a batch size, made when it is first seen.</summary>
    private void Reserve(int batch)
    {
        plans[batch] ??= TokenRun.Split(batch, geometry.Tokens, team.Count, MatMul.TileRows);
        for (var row = batch - 1; row >= 0 && sequences[row] is null; row--)
        {
            sequences[row] = new SequenceState(width, config.NumHeads, geometry.Tokens);
        }
    }

    private void Work(int number)
    {
        var worker = workers[number];
        for (var row = number; row < count; row += team.Count)
        {
            worker.Condition(rows[row]!, condition.Pointer + (row * width));
        }

        team.Await();
        worker.Spread(number, team.Count, count, condition.Pointer, shared.Pointer, last.Pointer);
        Embed(number, worker);
        team.Await();
        var runs = plans[count]![number];
        foreach (var run in runs)
        {
            worker.Project(run, sequences[run.Row]!, 0, Shared(run.Row));
        }

        for (var block = 0; block < config.NumLayers; block++)
        {
            team.Await();
            foreach (var run in runs)
            {
                Continue(worker, run, block);
            }
        }
    }

    /// <summary>Picture and sound of every row, dealt out in turn.</summary>
    private void Embed(int number, JointWorker<T> worker)
    {
        for (var item = number; item < 2 * count; item += team.Count)
        {
            var stream = sequences[item / 2]!.Stream;
            if (item % 2 == 0)
            {
                worker.EmbedVideo(rows[item / 2]!, stream);
            }
            else
            {
                worker.EmbedAudio(rows[item / 2]!, stream);
            }
        }
    }

    /// <summary>From a block's attention to the next block's keys and values, or to the prediction.</summary>
    private void Continue(JointWorker<T> worker, TokenRun run, int block)
    {
        var sequence = sequences[run.Row]!;
        if (block < config.NumLayers - 1)
        {
            worker.Finish(run, sequence, block, Shared(run.Row));
            worker.Project(run, sequence, block + 1, Shared(run.Row));
            return;
        }

        // Nobody asks for the text any more.
        var first = Math.Max(run.First, geometry.TextTokens);
        var rest = run with { First = first, Count = run.First + run.Count - first };
        if (rest.Count > 0)
        {
            worker.Finish(rest, sequence, block, Shared(run.Row));
            worker.Emit(rest, sequence.Stream, last.Pointer + (run.Row * 2 * width), rows[run.Row]!);
        }
    }

    private float* Shared(int row) => shared.Pointer + (row * 6 * width);
}
