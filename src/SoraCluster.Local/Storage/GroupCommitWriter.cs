namespace SoraCluster.Local.Storage;

/// <summary>
/// Runs changes one after the other on one connection. Who comes while nobody commits does it at once, on its own thread: nobody has to be woken for it, nor
/// is it afterwards. Those that come while a commit is being synced to the disk share the next transaction, on the writer's own thread, so that a burst of
/// callers costs a few syncs rather than one each.
/// </summary>
/// <remarks>A change that throws takes none of its group with it: the group is rolled back and each change runs alone.</remarks>
internal sealed class GroupCommitWriter : IAsyncDisposable
{
    private const int MaxGroup = 256;

    private readonly Lock gate = new();
    private readonly Queue<Change> waiting = new();
    private readonly TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AutoResetEvent passedOn = new(false);
    private readonly SqliteSession session;
    private readonly Thread thread;
    private bool committing;
    private bool closed;

    public GroupCommitWriter(SqliteSession session)
    {
        this.session = session;
        thread = new Thread(CommitWhatIsPassedOn) { Name = "sora commits", IsBackground = true };
        thread.Start();
    }

    public Task<T> WriteAsync<T>(Func<SqliteSession, T> apply)
    {
        var change = new Change<T>(apply);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            waiting.Enqueue(change);
            if (committing)
            {
                return change.Answer;
            }

            committing = true;
        }

        CommitGroup();
        return change.Answer;
    }

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            closed = true;
            if (!committing)
            {
                idle.TrySetResult();
            }
        }

        await idle.Task;
        passedOn.Set();
        thread.Join();
        passedOn.Dispose();
        session.Dispose();
    }

    private void CommitWhatIsPassedOn()
    {
        while (passedOn.WaitOne() && !idle.Task.IsCompleted)
        {
            CommitGroup();
        }
    }

    /// <summary>Commits what waits, and leaves what has come meanwhile to the writer's thread: a caller's has an answer to give.</summary>
    private void CommitGroup()
    {
        var group = new List<Change>();
        lock (gate)
        {
            while (group.Count < MaxGroup && waiting.TryDequeue(out var change))
            {
                group.Add(change);
            }
        }

        if (!TryCommit(group))
        {
            group.ForEach(CommitAlone);
        }

        PassOn();
        group.ForEach(change => change.Complete());
    }

    private void PassOn()
    {
        bool more;
        lock (gate)
        {
            more = committing = waiting.Count > 0;
            if (!more && closed)
            {
                idle.TrySetResult();
            }
        }

        if (more)
        {
            passedOn.Set();
        }
    }

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
