using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace SoraCluster.Media;

/// <summary>
/// One run of a tool. Whatever it does (fail, hang, flood its outputs, close its input), the caller gets an answer, and no
/// process is left when this is disposed.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>Characters of standard output that are kept; a tool that writes more has gone wrong.</summary>
    private const int OutputLimit = 1 << 20;

    private readonly Process process;
    private readonly string name;
    private readonly TimeProvider clock;
    private readonly Func<long>? progress;
    private readonly TimeSpan stallLimit;
    private readonly bool timed;
    private readonly CancellationToken cancellation;
    private readonly CancellationTokenSource stop;
    private readonly Lock gate = new();
    private readonly ITimer watchdog;
    private readonly BoundedText output = new(OutputLimit);
    private readonly BoundedText errors = new(8192);
    private readonly Task pumps;
    private bool waiting;
    private bool stalled;
    private long reached;

    private ChildProcess(
        Process process,
        string name,
        MediaOptions options,
        TimeProvider clock,
        Func<long>? progress,
        CancellationToken cancellation,
        ChildLimits? limits)
    {
        this.process = process;
        this.name = name;
        this.clock = clock;
        this.progress = progress;
        this.cancellation = cancellation;
        stallLimit = limits?.Time ?? options.StallLimit;
        timed = limits is not null;
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watchdog = clock.CreateTimer(_ => LookForProgress(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        pumps = Task.WhenAll(
            OwnThread.RunAsync(() => output.Read(process.StandardOutput)), OwnThread.RunAsync(() => errors.Read(process.StandardError)));
        stop.Token.UnsafeRegister(_ => Kill(), null);
    }

    /// <param name="program">Full path.</param>
    /// <param name="arguments">Passed as they are, without a shell.</param>
    /// <param name="folder">Working folder.</param>
    /// <param name="options">For the stall limit.</param>
    /// <param name="clock">For the stall limit.</param>
    /// <param name="progress">Changes while the tool gets on with its work, e.g. the size of what it writes.</param>
    /// <param name="cancellation">Kills the tool and all that it started.</param>
    /// <param name="limits">Then nothing counts as progress, and memory is limited too.</param>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        string folder,
        MediaOptions options,
        TimeProvider clock,
        Func<long>? progress,
        CancellationToken cancellation,
        ChildLimits? limits = null)
    {
        cancellation.ThrowIfCancellationRequested();
        var name = Path.GetFileNameWithoutExtension(program);
        var (file, words) = limits is null || OperatingSystem.IsWindows() ? (program, arguments) : Limited(program, arguments, limits.Memory);
        var start = new ProcessStartInfo(file, words)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return new ChildProcess(Process.Start(start)!, name, options, clock, progress, cancellation, limits);
        }
        catch (Win32Exception e)
        {
            throw new MediaException(MediaFailure.ToolMissing, $"{name} at '{program}' could not be started: {e.Message}.", e);
        }
    }

    /// <summary>Hands the tool some input; returns when it has taken it.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> data) => GuardAsync(async () =>
    {
        try
        {
            await OwnThread.RunAsync(() => process.StandardInput.BaseStream.Write(data.Span)).WaitAsync(stop.Token);
        }
        catch (IOException e)
        {
            // It went away, or only closed its input: its exit tells why.
            await process.WaitForExitAsync(stop.Token);
            await pumps.WaitAsync(stop.Token);
            throw Failed("did not read to the end of its input", e);
        }
    });

    /// <summary>Closes the tool's input and waits for its success; returns its standard output.</summary>
    public async Task<string> FinishAsync()
    {
        await GuardAsync(async () =>
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync(stop.Token);
            await pumps.WaitAsync(stop.Token);
        });
        if (process.ExitCode != 0)
        {
            throw Failed("failed");
        }

        return output.Overflowed
            ? throw new MediaException(MediaFailure.ToolFailed, $"{name} wrote more than {OutputLimit} characters of output.")
            : output.ToString();
    }

    /// <summary>An error with the tool's last words, for a result that turns out wrong.</summary>
    public MediaException Failed(string what, Exception? cause = null)
    {
        var words = errors.LastLines(6);
        var code = process.HasExited && process.ExitCode != 0 ? $" (exit code {process.ExitCode})" : "";
        return new MediaException(
            StorageTrouble.IsIn(words) ? MediaFailure.Storage : MediaFailure.ToolFailed,
            $"{name} {what}{code}: {(words.Length == 0 ? "it gave no reason" : words)}",
            cause);
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        try
        {
            // The pipes close with the last of its children, which might still write into the work folder.
            await pumps.WaitAsync(TimeSpan.FromSeconds(5), clock);
        }
        catch (TimeoutException)
        {
            // One got away before the kill; ffmpeg itself has none.
        }

        await watchdog.DisposeAsync();
        stop.Dispose();
        process.Dispose();
    }

    /// <summary>Awaits the tool under the watchdog, and says in the end who ended it.</summary>
    private async Task GuardAsync(Func<Task> wait)
    {
        Watch(true);
        try
        {
            await wait();
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Whatever broke, it broke because the tool was killed; why that was is said below.
        }
        finally
        {
            Watch(false);
        }

        cancellation.ThrowIfCancellationRequested();
        if (stalled)
        {
            throw new MediaException(
                MediaFailure.Stalled, $"{name} made no progress for {stallLimit.TotalSeconds:0.###} seconds and was stopped.");
        }
    }

    private void Watch(bool on)
    {
        lock (gate)
        {
            waiting = on;
            reached = on ? Progress() : reached;
            watchdog.Change(on ? stallLimit : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void LookForProgress()
    {
        lock (gate)
        {
            if (!waiting)
            {
                return;
            }

            var now = Progress();
            if (now != reached)
            {
                reached = now;
                watchdog.Change(stallLimit, Timeout.InfiniteTimeSpan);
                return;
            }

            stalled = true;
        }

        stop.Cancel();
    }

    private long Progress() => timed ? 0 : (progress?.Invoke() ?? 0) + output.Total;

    /// <summary>The shell sets the limit for itself and becomes the tool; the arguments stay what they are.</summary>
    private static (string File, IEnumerable<string> Arguments) Limited(string program, IEnumerable<string> arguments, long memory) =>
        ("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -v {memory >> 10}; exec \"$@\""), "sh", program, .. arguments]);

    private void Kill()
    {
        try
        {
            // Looking for its children reads the whole process table, which is not done for one that has ended.
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It, or a child of it, ended by itself meanwhile.
        }
    }
}
