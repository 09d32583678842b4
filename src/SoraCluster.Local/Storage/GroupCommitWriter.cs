using System.Threading.Channels;

namespace SoraCluster.Local.Storage;

/// <summary>
/// Runs changes one after the other on one connection and thread. Those that arrive while a commit is being synced to the disk
/// share the next transaction, so a burst of callers costs a few syncs rather than one each.
/// </summary>
/// <remarks>A change that throws takes none of its group with it: the group is rolled back and each change runs alone.</remarks>
internal sealed class GroupCommitWriter : IAsyncDisposable
{
    private const int MaxGroup = 256;

    private readonly Channel<Change> changes = Channel.CreateUnbounded<Change>(new() { SingleReader = true });
    private readonly SqliteSession session;
    private readonly Task loop;

    public GroupCommitWriter(SqliteSession session)
    {
        this.session = session;
        loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public Task<T> WriteAsync<T>(Func<SqliteSession, T> apply)
    {
        var change = new Change<T>(apply);
        return changes.Writer.TryWrite(change) ? change.Answer : throw new ObjectDisposedException("The database is closed.");
    }

    public async ValueTask DisposeAsync()
    {
        changes.Writer.TryComplete();
        await loop;
        session.Dispose();
    }

    private void Run()
    {
        var group = new List<Change>();
        while (Next())
        {
            while (group.Count < MaxGroup && changes.Reader.TryRead(out var change))
            {
                group.Add(change);
            }

            if (!TryCommit(group))
            {
                group.ForEach(change => CommitAlone(change));
            }

            group.ForEach(change => change.Complete());
            group.Clear();
        }
    }

    private bool Next() => changes.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    private bool TryCommit(List<Change> group)
    {
        try
        {
            Commit(group);
            return true;
        }
        catch (Exception) when (group.Count > 1)
        {
            return false;
        }
        catch (Exception failure)
        {
            group[0].Fail(failure);
            return true;
        }
    }

    private void CommitAlone(Change change)
    {
        try
        {
            Commit([change]);
        }
        catch (Exception failure)
        {
            change.Fail(failure);
        }
    }

    private void Commit(List<Change> group) => session.InTransaction(() => group.ForEach(change => change.Apply(session)));

    private abstract class Change
    {
        public abstract void Apply(SqliteSession session);

        public abstract void Complete();

        public abstract void Fail(Exception failure);
    }

    private sealed class Change<T>(Func<SqliteSession, T> apply) : Change
    {
        private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T result = default!;

        public Task<T> Answer => answer.Task;

        public override void Apply(SqliteSession session) => result = apply(session);

        public override void Complete() => answer.TrySetResult(result);

        public override void Fail(Exception failure) => answer.TrySetException(failure);
    }
}
