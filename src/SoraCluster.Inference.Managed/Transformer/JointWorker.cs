using System.Runtime.CompilerServices;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed.Gemm;
using SoraCluster.Inference.Managed.Simd;

namespace SoraCluster.Inference.Managed.Transformer;

/// <summary>One worker's scratch and its steps of the joint transformer, each for one row of the batch or for a run of a row's tokens.</summary>
internal sealed unsafe class JointWorker<T>
    where T : struct, ILanes<T>
{
    private readonly JointGeometry geometry;
    private readonly JointWeights weights;
    private readonly int width;
    private readonly BlockRunner<T> runner;
    private readonly Conditioner<T> conditioner;
    private readonly AlignedBuffer modulation;
    private readonly AlignedBuffer patches;

    public JointWorker(JointGeometry geometry, JointTransformerConfig config, JointWeights weights)
    {
        this.geometry = geometry;
        this.weights = weights;
        width = config.HiddenSize;
        runner = new BlockRunner<T>(width, config.NumHeads, geometry.Tokens);
        conditioner = new Conditioner<T>(config, weights);
        modulation = new AlignedBuffer(6 * width);
        var panel = PackedMatrix.PanelWidth;
        patches = new AlignedBuffer(Math.Max(
            geometry.VideoTokens * weights.VideoOut.Panels * panel, geometry.AudioTokens * weights.AudioOut.Panels * panel));
    }

    /// <summary>The vector that the row's modulation is made from: [width].</summary>
    public void Condition(DenoiseRow row, float* condition) => conditioner.Run(row.Sigma * 1000f, row.Text, condition);

    /// <summary>A share of the modulation of all rows: every worker reads a part of the weights, once, for the whole batch.</summary>
    /// <param name="share">Which share.</param>
    /// <param name="shares">How many there are.</param>
    /// <param name="count">Rows.</param>
    /// <param name="condition">[rows, width].</param>
    /// <param name="shared">Modulation of the blocks: [rows, 6 width].</param>
    /// <param name="last">Scale and shift of the last norm: [rows, 2 width].</param>
    public void Spread(int share, int shares, int count, float* condition, float* shared, float* last)
    {
        Multiply(weights.Shared, shared);
        Multiply(weights.NormOut, last);

        void Multiply(PackedMatrix matrix, float* destination) => MatMul.RunPanels<T, StoreEpilogue<T>>(
            condition, width, count, matrix, share * matrix.Panels / shares, (share + 1) * matrix.Panels / shares, runner.Tile,
            new(destination, matrix.Panels * PackedMatrix.PanelWidth));
    }

    /// <summary>Text and picture tokens into the stream [tokens, width].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void EmbedVideo(DenoiseRow row, float* stream)
    {
        row.Text.Hidden.CopyTo(new Span<float>(stream, geometry.TextTokens * width));
        ReadOnlySpan<float> video = row.Latents[LatentNames.Video];
        for (var token = 0; token < geometry.VideoTokens; token++)
        {
            for (var piece = 0; piece < geometry.Pieces; piece++)
            {
                video.Slice(geometry.PieceOffset(token) + (piece * geometry.PieceStride), geometry.PieceLength)
                    .CopyTo(patches.Span[((token * geometry.VideoPatch) + (piece * geometry.PieceLength))..]);
            }
        }

        for (var frame = 0; frame < geometry.LatentFrames; frame++)
        {
            var first = frame * geometry.TokensPerFrame;
            Embed(
                row.GivenVideo[frame] ? weights.GivenVideo : weights.Video, first, geometry.TokensPerFrame, weights.VideoPositions,
                stream + (geometry.TextTokens * width));
        }
    }

    /// <summary>Sound tokens into the stream [tokens, width].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void EmbedAudio(DenoiseRow row, float* stream)
    {
        row.Latents[LatentNames.Audio].CopyTo(patches.Span);
        for (var first = 0; first < geometry.AudioTokens;)
        {
            var given = row.GivenAudio[first];
            var count = 1;
            while (first + count < geometry.AudioTokens && row.GivenAudio[first + count] == given)
            {
                count++;
            }

            Embed(given ? weights.GivenAudio : weights.Audio, first, count, weights.AudioPositions, stream + (geometry.AudioStart * width));
            first += count;
        }
    }

    /// <summary>First half of a block.</summary>
    public void Project(TokenRun run, SequenceState sequence, int block, float* shared) =>
        runner.Project(sequence, run.First, run.Count, weights.Blocks[block], Modulate(block, shared), sequence.Memory(block));

    /// <summary>Second half of a block.</summary>
    public void Finish(TokenRun run, SequenceState sequence, int block, float* shared) =>
        runner.Finish(sequence, run.First, run.Count, weights.Blocks[block], Modulate(block, shared), sequence.Memory(block));

    /// <summary>Last norm and projections of a run of tokens, into the row's prediction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Emit(TokenRun run, float* stream, float* last, DenoiseRow row)
    {
        for (var i = 0; i < width; i++)
        {
            modulation.Pointer[i] = last[i] + 1f;
        }

        runner.Normalize(stream, run.First, run.Count, modulation.Pointer, last + width);
        var end = run.First + run.Count;
        var videoStart = Math.Max(run.First, geometry.TextTokens);
        var audioStart = Math.Max(run.First, geometry.AudioStart);
        if (videoStart < Math.Min(end, geometry.AudioStart))
        {
            EmitVideo(videoStart, Math.Min(end, geometry.AudioStart) - videoStart, row.Prediction[LatentNames.Video]);
        }

        if (audioStart < end)
        {
            EmitAudio(audioStart, end - audioStart, row.Prediction[LatentNames.Audio]);
        }
    }

    private Modulation Modulate(int block, float* shared) =>
        Modulation.Combine(shared, weights.Blocks[block].Modulation!, modulation, width);

    private void Embed(PackedMatrix matrix, int first, int count, AlignedBuffer positions, float* stream) =>
        MatMul.Run<T, AddEpilogue<T>>(
            patches.Pointer + (first * matrix.Inputs), matrix.Inputs, count, matrix, runner.Tile,
            new(stream + (first * width), width, positions.Pointer + (first * width)));

    private void EmitVideo(int start, int count, Span<float> video)
    {
        var stride = Project(weights.VideoOut, start, count);
        for (var i = 0; i < count; i++)
        {
            var offset = geometry.PieceOffset(start - geometry.TextTokens + i);
            for (var piece = 0; piece < geometry.Pieces; piece++)
            {
                patches.Span.Slice((i * stride) + (piece * geometry.PieceLength), geometry.PieceLength)
                    .CopyTo(video[(offset + (piece * geometry.PieceStride))..]);
            }
        }
    }

    private void EmitAudio(int start, int count, Span<float> audio)
    {
        var stride = Project(weights.AudioOut, start, count);
        for (var i = 0; i < count; i++)
        {
            patches.Span.Slice(i * stride, geometry.AudioPatch).CopyTo(audio[((start - geometry.AudioStart + i) * geometry.AudioPatch)..]);
        }
    }

    /// <summary>Projects normalised tokens into <see cref="patches"/>; returns the row stride there.</summary>
    private int Project(PackedMatrix matrix, int start, int count)
    {
        var stride = matrix.Panels * PackedMatrix.PanelWidth;
        MatMul.Run<T, StoreEpilogue<T>>(
            runner.Rows + (start * width), width, count, matrix, runner.Tile, new(patches.Pointer, stride));
        return stride;
    }
}
