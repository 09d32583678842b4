using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Latents;
using SoraCluster.Diffusion.Packs;

namespace SoraCluster.Testing.Denoisers;

/// <summary>
/// What every <see cref="IDenoiser"/> must do, whatever it runs on. Derive, say how a runtime is opened, and the tests come along. The pack must know
/// the words of <see cref="Packs.MicroPack"/> and take five rows.
/// </summary>
public abstract class DenoiserConformance : IDisposable
{
    private IPackRuntime? runtime;

    /// <summary>A fresh runtime.</summary>
    protected abstract IPackRuntime Open();

    protected IPackRuntime Runtime => runtime ??= Open();

    protected IDenoiser Denoiser => Runtime.Denoiser;

    public virtual void Dispose()
    {
        runtime?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Denoise_Row_DoesNotDependOnItsBatch()
    {
        var alone = Enumerable.Range(0, 5).Select(number =>
        {
            var row = Rows.Make(Denoiser, number);
            Denoiser.Denoise([row]);
            return Rows.Bits(row);
        }).ToArray();

        int[][] batches = [[0, 1], [1, 0], [2, 3, 4], [4, 2, 0, 1], [0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 2, 2]];
        foreach (var batch in batches)
        {
            DenoiseRow[] rows = [.. batch.Select(number => Rows.Make(Denoiser, number))];
            Denoiser.Denoise(rows);
            for (var i = 0; i < rows.Length; i++)
            {
                Assert.True(alone[batch[i]].AsSpan().SequenceEqual(Rows.Bits(rows[i])), $"row {batch[i]} in batch {string.Join(',', batch)}");
            }
        }
    }

    [Fact]
    public void Denoise_Again_GivesTheSameBits()
    {
        var row = Rows.Make(Denoiser, 1);
        Denoiser.Denoise([row]);
        var first = Rows.Bits(row);
        Denoiser.Denoise([Rows.Make(Denoiser, 3), Rows.Make(Denoiser, 4)]);
        Denoiser.Denoise([row]);
        Assert.Equal(first, Rows.Bits(row));
    }

    [Fact]
    public void Denoise_AnotherRuntime_GivesTheSameBits()
    {
        using var other = Open();
        DenoiseRow row = Rows.Make(Denoiser, 2), twin = Rows.Make(other.Denoiser, 2);
        Denoiser.Denoise([row]);
        other.Denoiser.Denoise([twin]);
        Assert.Equal(Rows.Bits(row), Rows.Bits(twin));
    }

    [Fact]
    public void Denoise_LeavesItsInputsAlone()
    {
        DenoiseRow row = Rows.Make(Denoiser, 1), twin = Rows.Make(Denoiser, 1);
        Denoiser.Denoise([row]);
        Assert.All(row.Latents.Shapes, shape => Assert.Equal(twin.Latents[shape.Name], row.Latents[shape.Name]));
        Assert.Equal(twin.Text.Hidden, row.Text.Hidden);
        Assert.Equal(twin.GivenVideo, row.GivenVideo);
    }

    /// <summary>Noise level, text, each tensor and each kind of given position must matter, as far as the pack has them.</summary>
    [Fact]
    public void Denoise_EveryInput_Matters()
    {
        var row = Rows.Make(Denoiser, 0);
        Denoiser.Denoise([row]);
        var baseline = Rows.Bits(row);
        var takesGiven = Denoiser.Pack.Manifest.Window.OverlapLatentFrames > 0;
        Action<DenoiseRow>[] pooled = row.Text.Pooled.Length > 0 ? [r => r.Text.Pooled[0] += 1] : [];
        Action<DenoiseRow>[] givenVideo = takesGiven ? [r => r.GivenVideo[0] = true] : [];
        Action<DenoiseRow>[] givenAudio = takesGiven && row.GivenAudio.Length > 0 ? [r => r.GivenAudio[0] = true] : [];
        Action<DenoiseRow>[] changes =
        [
            r => (r.Sigma, r.Timestep) = (0.5f, 500),
            r => r.Text.Hidden[^1] += 1,
            .. row.Latents.Shapes.Select<LatentShape, Action<DenoiseRow>>(shape => r => r.Latents[shape.Name][^1] += 1),
            .. pooled, .. givenVideo, .. givenAudio,
        ];
        foreach (var change in changes)
        {
            var changed = Rows.Make(Denoiser, 0);
            change(changed);
            Denoiser.Denoise([changed]);
            Assert.NotEqual(baseline, Rows.Bits(changed));
        }
    }

    [Fact]
    public void EncodeText_Padding_IsTheSameWrittenOutOrNot()
    {
        var length = Denoiser.Pack.Tokenizer.MaxLength;
        var encoded = Denoiser.EncodeText([1, 2]);
        var padded = Denoiser.EncodeText([1, 2, .. new int[length - 2]]);
        Assert.Equal(encoded.Hidden, padded.Hidden);
        Assert.Equal(encoded.Pooled, padded.Pooled);
        Assert.NotEqual(encoded.Hidden, Denoiser.EncodeText([2, 1]).Hidden);
        Assert.All(Denoiser.EncodeText([]).Pooled, x => Assert.Equal(0f, x));
    }

    [Fact]
    public void EncodeText_BadIds_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Denoiser.EncodeText(new int[Denoiser.Pack.Tokenizer.MaxLength + 1]));
        Assert.Throws<ArgumentException>(() => Denoiser.EncodeText([-1]));
        Assert.Throws<ArgumentException>(() => Denoiser.EncodeText([1_000_000]));
    }

    [Fact]
    public void Denoise_BadRows_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Denoiser.Denoise([]));
        Assert.Throws<ArgumentException>(() => Denoiser.Denoise([.. Enumerable.Repeat(Rows.Make(Denoiser, 0), Denoiser.MaxBatch + 1)]));
        foreach (var sigma in new[] { 0f, -1f, 1.5f, float.NaN })
        {
            var row = Rows.Make(Denoiser, 0);
            row.Sigma = sigma;
            Assert.Throws<ArgumentException>(() => Denoiser.Denoise([row]));
        }

        var good = Rows.Make(Denoiser, 0);
        Assert.Throws<ArgumentException>(() => Denoiser.Denoise([Copy(good, latents: new LatentSet([new LatentShape(LatentNames.Video, [1, 2, 3, 4])]))]));
        Assert.Throws<ArgumentException>(() => Denoiser.Denoise([Copy(good, text: new TextConditioning([1f], [1f]))]));
        Assert.Throws<ArgumentException>(() => Denoiser.Denoise([Copy(good, givenVideo: [true])]));
    }

    private static DenoiseRow Copy(
        DenoiseRow row, LatentSet? latents = null, TextConditioning? text = null, bool[]? givenVideo = null) => new()
        {
            Latents = latents ?? row.Latents,
            Prediction = row.Prediction,
            Sigma = row.Sigma,
            Timestep = row.Timestep,
            Text = text ?? row.Text,
            GivenVideo = givenVideo ?? row.GivenVideo,
            GivenAudio = row.GivenAudio,
        };
}
