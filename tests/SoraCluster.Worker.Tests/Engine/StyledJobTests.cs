using SoraCluster.Domain.Jobs;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Engine;

/// <summary>Styles that are asked for by name: the pack's own words for them, after those of every part of the prompt.</summary>
public sealed class StyledJobTests : MicroWorkerTest
{
    private static readonly string TwoParts = TimedText.Join([new(0, "red ball bounces"), new(1, "ball rolls")]);
    private static readonly string TwoPartsInBlue = TimedText.Join([new(0, "red ball bounces, blue"), new(1, "ball rolls, blue")]);

    [Theory]
    [InlineData("red ball bounces", "red ball bounces, blue")]
    [InlineData("unicorn", "unicorn, blue")]
    [InlineData("two parts", "two parts in blue")]
    public async Task Run_Style_IsTheSameAsItsWords(string prompt, string said)
    {
        var styled = await LatentsAsync(Job(prompt) with { Style = "azure" });

        Assert.Equal(await LatentsAsync(Job(said)), styled);
        Assert.NotEqual(await LatentsAsync(Job(prompt)), styled);
    }

    private static JobSpec Job(string prompt) => Rig.Job("a", steps: 2, seconds: 2) with
    {
        Pack = "micro",
        Prompt = prompt,
        Conditioning = prompt switch { "two parts" => TwoParts, "two parts in blue" => TwoPartsInBlue, _ => null },
    };

    private async Task<byte[]> LatentsAsync(JobSpec spec)
    {
        var run = await Engine.OpenAsync(spec, null, [], default);
        while (!run.Done)
        {
            Assert.Null((await Engine.StepAsync([run])).Shared);
        }

        using var state = new MemoryStream();
        run.Save(state);
        return state.ToArray();
    }
}
