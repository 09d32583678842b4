using System.Diagnostics;
using System.Globalization;
using SoraCluster.Bench;
using SoraCluster.Diffusion;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Inference.Managed;
using SoraCluster.Inference.Onnx;
using SoraCluster.Testing.Denoisers;

// The reference pack's denoising step by both executors, in turn in one run: dotnet run -c Release --project bench/SoraCluster.Inference.Onnx.Bench
var rounds = args is [var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : 25;
var threads = Environment.ProcessorCount;
var pack = Pack.Load(Path.Combine("models", "tiny"));
var managedFactory = new ManagedRuntimeFactory(threads);
using var onnxFactory = new OnnxRuntimeFactory(new OnnxOptions { Threads = threads }, managedFactory);
using var managed = managedFactory.Open(pack);
using var onnx = onnxFactory.Open(pack);

Console.WriteLine($"A denoising step of {pack.Manifest.Id} {pack.Manifest.Version}, {threads} threads, ONNX Runtime on {onnxFactory.Device}, median of {rounds} rounds.");
Console.WriteLine();
Console.WriteLine("| rows | managed, ms | ONNX Runtime, ms | ONNX Runtime's time, of the managed executor's |");
Console.WriteLine("|---:|---:|---:|---:|");
foreach (var count in new[] { 1, 2, 4, 8 })
{
    var (ours, theirs) = (new List<double>(), new List<double>());
    var (mine, its) = (Make(managed, count), Make(onnx, count));
    for (var round = -2; round < rounds; round++)
    {
        var (first, second) = (Milliseconds(managed, mine), Milliseconds(onnx, its));
        if (round >= 0)
        {
            ours.Add(first);
            theirs.Add(second);
        }
    }

    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {count} | {Statistics.Median(ours):F2} | {Statistics.Median(theirs):F2} | {Statistics.MedianRatio(theirs, ours):F2} |"));
}

static DenoiseRow[] Make(IPackRuntime runtime, int count) =>
    [.. Enumerable.Range(0, count).Select(number => Rows.Make(runtime.Denoiser, number))];

static double Milliseconds(IPackRuntime runtime, DenoiseRow[] rows)
{
    var started = Stopwatch.GetTimestamp();
    runtime.Denoiser.Denoise(rows);
    return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
}
