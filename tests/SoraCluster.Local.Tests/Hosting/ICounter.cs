namespace SoraCluster.Local.Tests.Hosting;

/// <summary>An entity for the host's tests: a stored number, and ways to wait, fail and call others.</summary>
public interface ICounter
{
    /// <summary>Adds one and stores it; the number after.</summary>
    Task<int> AddAsync();

    Task<int> GetAsync();

    Task ClearAsync();

    /// <summary>Waits for a gate, then notes a name.</summary>
    Task NoteAsync(string name, Task gate);

    ValueTask<string> EchoAsync(string text);

    ValueTask TouchAsync();

    Task FailAsync();

    Task<int> FailAtOnce();

    Task CancelAsync(CancellationToken cancellation);

    /// <summary>Calls the others one inside the other, in order, and adds one at the last.</summary>
    Task<int> RelayAsync(IReadOnlyList<string> keys);

    /// <summary>Waits for a gate, then relays.</summary>
    Task<int> RelayAfterAsync(Task gate, IReadOnlyList<string> keys);

    /// <summary>Adds one at each of the others at once and sums their numbers up as they come.</summary>
    Task<int> GatherAsync(IReadOnlyList<string> keys);

    /// <summary>Holds its thread until as many others do as the barrier has participants; false when they do not come.</summary>
    Task<bool> MeetAsync(Barrier barrier);

    /// <summary>Touches so many others, one after the other, and then lets as many meet as the barrier has participants.</summary>
    Task<bool> LetMeetAsync(int touches, Barrier barrier);

    /// <summary>Starts a relay and does not wait for it.</summary>
    Task<Task<int>[]> StartRelayAsync(IReadOnlyList<string> keys);
}
