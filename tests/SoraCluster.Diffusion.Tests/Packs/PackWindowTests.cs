using System.Text.Json.Nodes;
using SoraCluster.Diffusion.Packs;
using SoraCluster.Testing.Packs;

namespace SoraCluster.Diffusion.Tests.Packs;

public class PackWindowTests
{
    [Theory]
    [InlineData(null, 0, 0)]
    [InlineData(null, 1, 4)]
    [InlineData(null, 3, 12)]
    [InlineData(1, 0, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 21, 81)]
    public void Frames_LatentFrames_AreCountedFromTheClipsStart(int? first, int latentFrames, int frames) =>
        Assert.Equal(frames, new PackWindow(4, 1, FirstFrames: first).Frames(latentFrames));

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    public void LatentFrames_AnyLength_AreTheFewestThatCoverIt(int? first)
    {
        var window = new PackWindow(4, 1, FirstFrames: first);
        for (var frames = 1; frames < 100; frames++)
        {
            var latentFrames = window.LatentFrames(frames);
            Assert.InRange(frames, window.Frames(latentFrames - 1) + 1, window.Frames(latentFrames));
        }
    }

    [Fact]
    public void Load_SilentPackOfAClassThatMakesSound_IsRefused()
    {
        using var micro = MicroPack.Create();
        micro.Edit("pack.json", json =>
        {
            json["latents"]!.AsObject().Remove("audio");
            json["components"]!.AsObject().Remove("vocoder");
        });

        var refused = Assert.Throws<PackException>(micro.Load);

        Assert.Equal(("transformer/config.json", "latents.audio in pack.json, which this class makes, too"), (refused.File, refused.Expected));
    }

    [Fact]
    public void Load_PackWithoutOverlap_HasClipsOfOneWindowOnly()
    {
        using var micro = MicroPack.Create();
        micro.Edit("pack.json", json => json["window"] = JsonNode.Parse(
            """{"frames_per_latent":4,"overlap_latent_frames":0,"mel_frames_per_token":8,"overlap_audio_tokens":0}"""));
        Assert.Equal("max_frames of one window (16), as none overlap", Assert.Throws<PackException>(micro.Load).Expected);
        micro.Edit("pack.json", json => json["max_frames"] = 16);
        Assert.Equal("bridges false where no windows overlap", Assert.Throws<PackException>(micro.Load).Expected);
        micro.Edit("pack.json", json => json["bridges"] = false);

        Assert.Equal(16, micro.Load().Manifest.WindowFrames);
    }
}
