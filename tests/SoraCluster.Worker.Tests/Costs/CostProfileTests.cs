using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Tests.Fakes;

namespace SoraCluster.Worker.Tests.Costs;

public sealed class CostProfileTests
{
    [Fact]
    public void SecondsPerStep_StraightLine_IsFound()
    {
        var profile = new CostProfile();
        for (var i = 0; i < 50; i++)
        {
            var rows = 1 + (i % 4);
            profile.Observe("k", rows, TimeSpan.FromSeconds(0.1 + (0.05 * rows)));
        }

        Assert.Equal(0.5, profile.SecondsPerStep("k", 8)!.Value, 3);
        Assert.Null(profile.SecondsPerStep("other", 8));
    }

    [Fact]
    public void SecondsPerStep_OneSizeSeen_GrowsInProportion()
    {
        var profile = new CostProfile();
        profile.Observe("k", 2, TimeSpan.FromSeconds(0.2));

        Assert.Equal(0.2, profile.SecondsPerStep("k", 2)!.Value, 6);
        Assert.Equal(0.4, profile.SecondsPerStep("k", 4)!.Value, 6);
    }

    [Fact]
    public void SecondsPerStep_OneHiccup_MovesItLittle()
    {
        var profile = new CostProfile();
        for (var i = 0; i < 50; i++)
        {
            profile.Observe("k", 2, TimeSpan.FromSeconds(0.1));
        }

        profile.Observe("k", 2, TimeSpan.FromMinutes(5));

        Assert.InRange(profile.SecondsPerStep("k", 2)!.Value, 0.1, 0.11);
    }

    [Fact]
    public void SecondsPerStep_DeviceGetsSlower_IsLearned()
    {
        var profile = new CostProfile();
        for (var i = 0; i < 300; i++)
        {
            profile.Observe("k", 2, TimeSpan.FromSeconds(i < 100 ? 0.1 : 0.2));
        }

        Assert.InRange(profile.SecondsPerStep("k", 2)!.Value, 0.18, 0.2);
    }

    [Fact]
    public async Task LoadAsync_WhatWasSaved_AnswersTheSame()
    {
        var store = new MemoryStore();
        var profile = new CostProfile();
        profile.Observe("k", 2, TimeSpan.FromSeconds(0.2));
        profile.Observe("k", 4, TimeSpan.FromSeconds(0.3));
        await profile.SaveAsync(store, "profiles/cpu.json");

        var loaded = await CostProfile.LoadAsync(store, "profiles/cpu.json");

        Assert.Equal(profile.SecondsPerStep("k", 6), loaded.SecondsPerStep("k", 6));
    }

    [Fact]
    public async Task RefreshAsync_AnotherLearnedMore_KnowsItToo()
    {
        var store = new MemoryStore();
        var worker = new CostProfile();
        var reader = await CostProfile.LoadAsync(store, "profiles/cpu.json");
        worker.Observe("k", 2, TimeSpan.FromSeconds(0.2));
        await worker.SaveAsync(store, "profiles/cpu.json");

        await reader.RefreshAsync(store, "profiles/cpu.json");

        Assert.Equal(worker.SecondsPerStep("k", 2), reader.SecondsPerStep("k", 2));
    }

    [Fact]
    public async Task SaveAsync_NothingLearnedSince_DoesNotWrite()
    {
        var store = new MemoryStore();
        var profile = new CostProfile();
        profile.Observe("k", 2, TimeSpan.FromSeconds(0.2));
        await profile.SaveAsync(store, "profiles/cpu.json");
        await store.DeleteAsync("profiles/cpu.json", default);

        await profile.SaveAsync(store, "profiles/cpu.json");

        Assert.Null(await store.GetInfoAsync("profiles/cpu.json", default));
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("{\"k\":{\"weight\":0}}")]
    [InlineData("{\"k\":{\"weight\":1,\"rows\":-2,\"rowsSquared\":4,\"time\":1,\"rowsTime\":1}}")]
    public async Task LoadAsync_Damaged_StartsEmpty(string json)
    {
        var store = new MemoryStore();
        store.Put("profiles/cpu.json", json);

        var loaded = await CostProfile.LoadAsync(store, "profiles/cpu.json");

        Assert.Null(loaded.SecondsPerStep("k", 2));
    }
}
