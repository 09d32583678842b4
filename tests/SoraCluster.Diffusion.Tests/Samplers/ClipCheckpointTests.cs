using System.Text;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Diffusion.Safetensors;
using SoraCluster.Diffusion.Samplers;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Diffusion.Tests.Samplers;

public sealed class ClipCheckpointTests : IDisposable
{
    private static readonly ClipSettings Settings = new("a \"red\" ボール\n bounces", "blue", ulong.MaxValue, 3, 2.7182817f, 40);

    private readonly MicroPack micro = MicroPack.Create();
    private readonly Pack pack;

    public ClipCheckpointTests() => pack = micro.Load();

    public void Dispose() => micro.Dispose();

    [Fact]
    public void Restore_AtEveryStep_FinishesWithTheSameBits()
    {
        var undisturbed = FakeNetwork.Run(Start());
        var sampler = Start();
        for (var step = 0; step <= sampler.TotalSteps; step++)
        {
            var restored = Restore(Save(sampler));
            Assert.Equal(step, restored.Step);
            Assert.Equal(Settings, restored.Settings);
            Assert.Equal(sampler.Preview["video"], restored.Preview["video"]);

            FakeNetwork.Run(restored);
            Assert.Equal(undisturbed.Latents["video"], restored.Latents["video"]);
            Assert.Equal(undisturbed.Latents["audio"], restored.Latents["audio"]);
            if (!sampler.Done)
            {
                FakeNetwork.Step(sampler);
            }
        }
    }

    [Fact]
    public void Save_Twice_GivesTheSameBytes()
    {
        var sampler = Start();
        FakeNetwork.Step(sampler);
        Assert.Equal(Save(sampler), Save(sampler));
        Assert.Equal(Save(sampler), Save(Restore(Save(sampler))));
    }

    [Fact]
    public void Save_IsASafetensorsFile()
    {
        var file = SafetensorsFile.Parse(Save(Start()));
        Assert.Equal([4L, 4L, 4L, 6L], file.Info("window.video").Shape);
        Assert.Equal(pack.Fingerprint, file.Metadata["pack"]);
        Assert.Equal("0", file.Metadata["step"]);
    }

    [Fact]
    public void Restore_AnyByteDamaged_IsRefused()
    {
        var bytes = Save(Start());
        var random = new Random(5);
        for (var i = 0; i < 400; i++)
        {
            // Every byte of the header's start, where a flip may still be valid JSON; then anywhere.
            var damaged = bytes.ToArray();
            var at = i < 200 ? 8 + i : random.Next(bytes.Length);
            damaged[at] ^= (byte)(1 << random.Next(8));
            Assert.Throws<CheckpointException>(() => Restore(damaged));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5000)]
    public void Restore_CutShort_IsRefused(int length) =>
        Assert.Contains("damaged", Assert.Throws<CheckpointException>(() => Restore(Save(Start())[..length])).Message, StringComparison.Ordinal);

    [Fact]
    public void Restore_OtherPack_IsRefusedNamingBoth()
    {
        using var other = MicroPack.Create(new MicroPackShape { Seed = 9 });
        var stranger = other.Load();
        var bytes = Save(Start());

        var e = Assert.Throws<CheckpointException>(() => ClipSampler.Restore(stranger, new MemoryStream(bytes), FakeNetwork.Encode));

        Assert.Contains(pack.Fingerprint, e.Message, StringComparison.Ordinal);
        Assert.Contains(stranger.Fingerprint, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Restore_NotACheckpoint_IsRefused()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [new("t", [1], new[] { 1f })]);
        Assert.Contains("version", Assert.Throws<CheckpointException>(() => Restore(stream.ToArray())).Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => Restore(Encoding.UTF8.GetBytes("not a checkpoint at all")));
    }

    private ClipSampler Start() => ClipSampler.Start(pack, Settings, FakeNetwork.Encode);

    private ClipSampler Restore(byte[] bytes) => ClipSampler.Restore(pack, new MemoryStream(bytes), FakeNetwork.Encode);

    private static byte[] Save(ClipSampler sampler)
    {
        using var stream = new MemoryStream();
        sampler.Save(stream);
        return stream.ToArray();
    }
}
