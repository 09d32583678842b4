using System.Globalization;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Inference.Managed;
using SoraCluster.Inference.Managed.Simd;
using SoraCluster.Inference.Managed.Threading;

namespace SoraCluster.Bench.Executor;

/// <summary>
/// The executor's real work against what the processor can do: in every round each candidate runs once, so that all see the same machine; the median
/// over the rounds is reported, and the share is the median of the rounds' ratios.
/// </summary>
internal static class ExecutorBench
{
    private const double Giga = 1e9;

    public static void Run(ExecutorOptions options, TextWriter output)
    {
        var pack = Pack.Load(options.Pack);
        var width = new ManagedRuntimeFactory(1).Width;
        output.WriteLine($"Executor on {width}, pack {pack.Manifest.Id} {pack.Manifest.Version}, median of {options.Rounds} rounds, "
            + $"{(options.ProcessorTime ? "processor" : "wall")} time, {Environment.ProcessorCount} processors.");
        foreach (var threads in options.Threads)
        {
            switch (width)
            {
                case VectorWidth.Avx512:
                    Measure<Lanes512>(pack, threads, options, output);
                    break;
                case VectorWidth.Avx2:
                    Measure<Lanes256>(pack, threads, options, output);
                    break;
                default:
                    Measure<Lanes128>(pack, threads, options, output);
                    break;
            }
        }
    }

    private static void Measure<T>(Pack pack, int threads, ExecutorOptions options, TextWriter output)
        where T : struct, ILanes<T>
    {
        using var team = new ThreadTeam(threads);
        using var runtime = new ManagedRuntimeFactory(threads).Open(pack);
        var timing = new Timing(options.ProcessorTime, threads);
        var candidates = Candidates<T>(pack, runtime, team).ToArray();
        var rates = candidates.Select(_ => new List<double>()).ToArray();
        for (var round = -2; round < options.Rounds; round++)
        {
            for (var i = 0; i < candidates.Length; i++)
            {
                var operations = 0.0;
                var seconds = timing.Seconds(() => operations = candidates[i].Run());
                if (round >= 0)
                {
                    rates[i].Add(operations / seconds / Giga);
                }
            }
        }

        output.WriteLine();
        output.WriteLine($"| {threads} thread{(threads == 1 ? "" : "s")} | GFLOP/s | of registers | of bare product |");
        output.WriteLine("|---|---:|---:|---:|");
        for (var i = 0; i < candidates.Length; i++)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {candidates[i].Name} | {Statistics.Median(rates[i]):F0} | {Statistics.MedianRatio(rates[i], rates[0]):P0} | {Statistics.MedianRatio(rates[i], rates[1]):P0} |"));
        }

        Stages(pack, runtime, timing, output);
    }

    private static IEnumerable<(string Name, Func<double> Run)> Candidates<T>(Pack pack, IPackRuntime runtime, ThreadTeam team)
        where T : struct, ILanes<T>
    {
        var gemms = Enumerable.Range(0, team.Count).Select(_ => new Ceilings.BareGemm<T>()).ToArray();
        yield return ("registers only", () => OnAll(team, _ => Ceilings.Registers(2_000_000)));
        yield return ("bare product", () => OnAll(team, worker => gemms[worker].Run(20)));
        foreach (var batch in new[] { 1, 2, 4, 8 }.Where(batch => batch <= pack.Manifest.MaxBatch))
        {
            var rows = Rows(pack, runtime, batch);
            var repeats = 16 / batch;
            yield return ($"denoising step, {batch} row{(batch == 1 ? "" : "s")}", () =>
            {
                for (var i = 0; i < repeats; i++)
                {
                    runtime.Denoiser.Denoise(rows);
                }

                return repeats * batch * Work.Step(pack);
            }
            );
        }

        var clip = Clip(pack, runtime, 16);
        var frames = clip.Latents.Shape("video").Dims[0];
        yield return ("picture decoder", () =>
        {
            foreach (var group in runtime.Decoder.DecodeVideo(clip.Latents))
            {
                GC.KeepAlive(group);
            }

            return frames * Work.LatentFrame(pack);
        }
        );
    }

    /// <summary>Seconds of a two-second clip with guidance, by stage.</summary>
    private static void Stages(Pack pack, IPackRuntime runtime, Timing timing, TextWriter output)
    {
        List<double>[] stages = [[], [], []];
        for (var round = 0; round < 5; round++)
        {
            ClipSampler? clip = null;
            stages[0].Add(timing.Seconds(() => clip = Clip(pack, runtime, 16)));
            stages[1].Add(timing.Seconds(() =>
            {
                foreach (var group in runtime.Decoder.DecodeVideo(clip!.Latents))
                {
                    GC.KeepAlive(group);
                }
            }));
            stages[2].Add(timing.Seconds(() => runtime.Decoder.DecodeAudio(clip!.Latents)));
        }

        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"A clip of 16 frames, {pack.Manifest.DefaultSteps} steps with guidance: denoise {Statistics.Median(stages[0]) * 1e3:F0} ms, "
            + $"pictures {Statistics.Median(stages[1]) * 1e3:F1} ms, sound {Statistics.Median(stages[2]) * 1e3:F1} ms."));
    }

    private static double OnAll(ThreadTeam team, Func<int, double> work)
    {
        var operations = new double[team.Count];
        team.Run(worker => operations[worker] = work(worker));
        return operations.Sum();
    }

    private static DenoiseRow[] Rows(Pack pack, IPackRuntime runtime, int count) =>
        [.. Enumerable.Range(0, count).Select(seed => ClipSampler.Start(pack, Settings(pack, 16) with { Seed = (ulong)seed, GuidanceScale = 1 },
            runtime.Denoiser.EncodeText).NextRows()[0])];

    private static ClipSampler Clip(Pack pack, IPackRuntime runtime, int frames)
    {
        var sampler = ClipSampler.Start(pack, Settings(pack, frames), runtime.Denoiser.EncodeText);
        var rows = sampler.NextRows().ToArray();
        while (!sampler.Done)
        {
            sampler.NextRows();
            runtime.Denoiser.Denoise(rows);
            sampler.Apply();
        }

        return sampler;
    }

    private static ClipSettings Settings(Pack pack, int frames) =>
        new("a red ball bounces on the beach", null, 1, pack.Manifest.DefaultSteps, 3f, frames);
}
