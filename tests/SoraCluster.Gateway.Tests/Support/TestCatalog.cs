using SoraCluster.Domain.Models;

namespace SoraCluster.Gateway.Tests.Support;

/// <summary>One pack like the reference pack, under its id and the vendor's names.</summary>
internal sealed class TestCatalog : IModelCatalog
{
    public static ModelInfo Tiny { get; } = new()
    {
        Id = "tiny",
        Name = "Tiny world",
        Description = "A test pack.",
        Version = "1.0.0",
        Created = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000),
        Licence = "MIT",
        Aliases =
        [
            new("sora-2", SizeRule.Scale, new FrameSize(720, 1280)),
            new("sora-2-pro", SizeRule.Scale, new FrameSize(720, 1280)),
            new("sora-2-2025-10-06", SizeRule.Refuse),
        ],
        NativeSizes = [new(64, 64), new(128, 64)],
        DefaultSize = new(256, 256),
        Seconds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        DefaultSeconds = 4,
        DefaultSteps = 24,
        DefaultGuidanceScale = 3,
        HasAudio = true,
        Languages = ["en", "ja"],
        WindowSeconds = 2,
        WindowStrideSeconds = 1.5,
        SecondsPerStep = 0.05,
        SecondsPerClipSecond = 0.1,
    };

    public IReadOnlyList<ModelInfo> Models { get; set; } = [Tiny];
}
