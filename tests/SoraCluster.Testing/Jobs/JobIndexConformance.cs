using SoraCluster.Domain.Jobs;

namespace SoraCluster.Testing.Jobs;

/// <summary>What every <see cref="IJobIndex"/> must do.</summary>
public abstract class JobIndexConformance
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The index under test, empty at the start of each test.</summary>
    protected abstract IJobIndex Index { get; }

    [Fact]
    public async Task Add_Jobs_AreUnfinishedOldestFirst()
    {
        await AddAsync("late", "ann", 2);
        await AddAsync("early", "bob", 1);

        Assert.Equal([new("early", "bob", Start.AddSeconds(1)), new("late", "ann", Start.AddSeconds(2))], await UnfinishedAsync());
    }

    [Fact]
    public async Task Add_Twice_IsOnce()
    {
        await AddAsync("a", "ann", 1);
        await AddAsync("a", "ann", 5);

        Assert.Equal([new("a", "ann", Start.AddSeconds(1))], await UnfinishedAsync());
    }

    [Fact]
    public async Task MarkFinished_Job_LeavesUnfinishedAndStaysTheOwners()
    {
        await AddAsync("a", "ann", 1);
        await AddAsync("b", "ann", 2);
        await Index.MarkFinishedAsync("a", Start.AddHours(1));
        await Index.MarkFinishedAsync("a", Start.AddHours(1));

        Assert.Equal(["b"], (await UnfinishedAsync()).Select(e => e.JobId));
        Assert.Equal(["b", "a"], (await PageAsync("ann")).JobIds);
    }

    [Fact]
    public async Task Add_Finished_StaysFinished()
    {
        await AddAsync("a", "ann", 1);
        await Index.MarkFinishedAsync("a", null);
        await AddAsync("a", "ann", 1);

        Assert.Empty(await UnfinishedAsync());
    }

    [Fact]
    public async Task MarkFinished_Unknown_ChangesNothing()
    {
        await Index.MarkFinishedAsync("a", Start);

        Assert.Empty(await UnfinishedAsync());
        Assert.Empty(await ExpiredAsync(Start.AddDays(1)));
    }

    [Fact]
    public async Task Remove_Job_IsInNoList()
    {
        await AddAsync("a", "ann", 1);
        await AddAsync("b", "ann", 1);
        await Index.MarkFinishedAsync("b", Start);
        await Index.RemoveAsync("a");
        await Index.RemoveAsync("b");
        await Index.RemoveAsync("b");

        Assert.Empty(await UnfinishedAsync());
        Assert.Empty(await ExpiredAsync(Start.AddDays(1)));
        Assert.Empty((await PageAsync("ann")).JobIds);
    }

    [Fact]
    public async Task Remove_LaterAttemptListedSince_Stays()
    {
        await AddAsync("a", "ann", 1);
        await Index.AddAsync(new("a", "ann", Start.AddSeconds(9), Attempt: 2));
        await Index.RemoveAsync("a", attempt: 1);
        Assert.Equal(["a"], (await UnfinishedAsync()).Select(e => e.JobId));
        await Index.AddAsync(new("a", "ann", Start, Attempt: 1));
        await Index.RemoveAsync("a", attempt: 1);
        Assert.Equal(["a"], (await UnfinishedAsync()).Select(e => e.JobId));
        await Index.RemoveAsync("a", attempt: 2);

        Assert.Empty(await UnfinishedAsync());
    }

    [Fact]
    public async Task ListExpired_Finished_WhenTheirTimeIsUpOldestFirst()
    {
        foreach (var (job, hours) in new[] { ("b", 2), ("a", 1), ("c", 3) })
        {
            await AddAsync(job, "ann", 1);
            await Index.MarkFinishedAsync(job, Start.AddHours(hours));
        }

        await AddAsync("never", "ann", 1);
        await Index.MarkFinishedAsync("never", null);
        await AddAsync("running", "ann", 1);

        Assert.Equal(["a", "b"], await ExpiredAsync(Start.AddHours(2)));
        Assert.Empty(await ExpiredAsync(Start));
    }

    [Fact]
    public async Task ListByOwner_Pages_CoverAllOnceInOrder()
    {
        for (var i = 0; i < 25; i++)
        {
            // Several in the same instant: the order must be total all the same.
            await AddAsync($"job-{i:D2}", "ann", i / 4);
        }

        await AddAsync("other", "bob", 3);
        foreach (var ascending in new[] { true, false })
        {
            var all = await WalkAsync("ann", 4, ascending);
            Assert.Equal(25, all.Distinct().Count());
            Assert.Equal(25, all.Count);
            var times = all.Select(j => int.Parse(j[4..], System.Globalization.CultureInfo.InvariantCulture) / 4);
            Assert.Equal(ascending ? times.Order() : times.OrderDescending(), times);
        }
    }

    [Fact]
    public async Task ListByOwner_NewJobsArrive_RestOfTheWalkIsStable()
    {
        for (var i = 0; i < 6; i++)
        {
            await AddAsync($"job-{i}", "ann", i);
        }

        var first = await Index.ListByOwnerAsync(new("ann", null, 3, Ascending: false));
        await AddAsync("newer", "ann", 100);
        var second = await Index.ListByOwnerAsync(new("ann", first.JobIds[^1], 3, Ascending: false));

        Assert.Equal(["job-5", "job-4", "job-3"], first.JobIds);
        Assert.Equal(["job-2", "job-1", "job-0"], second.JobIds);
        Assert.Equal((true, false), (first.HasMore, second.HasMore));
    }

    [Fact]
    public async Task ListByOwner_ExactlyFullPage_HasNoMore()
    {
        await AddAsync("a", "ann", 1);
        await AddAsync("b", "ann", 2);

        Assert.False((await Index.ListByOwnerAsync(new("ann", null, 2, Ascending: true))).HasMore);
    }

    [Fact]
    public async Task ListUnfinished_ChangedWhileListing_GivesEveryJobThatStays()
    {
        for (var i = 0; i < 50; i++)
        {
            await AddAsync($"job-{i:D2}", "ann", i);
        }

        var seen = new List<string>();
        await foreach (var entry in Index.ListUnfinishedAsync())
        {
            seen.Add(entry.JobId);
            await Index.MarkFinishedAsync(entry.JobId, Start);
        }

        Assert.Equal(50, seen.Distinct().Count());
        Assert.Equal(50, seen.Count);
    }

    private Task AddAsync(string job, string owner, int second) => Index.AddAsync(new(job, owner, Start.AddSeconds(second)));

    private Task<JobPage> PageAsync(string owner) => Index.ListByOwnerAsync(new(owner, null, 100, Ascending: false));

    private async Task<List<string>> WalkAsync(string owner, int limit, bool ascending)
    {
        var all = new List<string>();
        JobPage page;
        do
        {
            page = await Index.ListByOwnerAsync(new(owner, all.LastOrDefault(), limit, ascending));
            all.AddRange(page.JobIds);
        }
        while (page.HasMore);
        return all;
    }

    private async Task<List<JobIndexEntry>> UnfinishedAsync()
    {
        var entries = new List<JobIndexEntry>();
        await foreach (var entry in Index.ListUnfinishedAsync())
        {
            entries.Add(entry);
        }

        return entries;
    }

    private async Task<List<string>> ExpiredAsync(DateTimeOffset now)
    {
        var jobs = new List<string>();
        await foreach (var entry in Index.ListExpiredAsync(now))
        {
            jobs.Add(entry.JobId);
        }

        return jobs;
    }
}
