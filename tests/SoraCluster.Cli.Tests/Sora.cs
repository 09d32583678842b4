using System.Diagnostics;
using System.Text;

namespace SoraCluster.Cli.Tests;

/// <summary>Runs the real command line as a child process, with its own data folder.</summary>
internal sealed class Sora : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public Sora()
    {
        Folder = Directory.CreateTempSubdirectory("sora-cli-").FullName;
        Data = Path.Combine(Folder, "data");
    }

    /// <summary>Working folder of the runs; clips land here.</summary>
    public string Folder { get; }

    public string Data { get; }

    public Dictionary<string, string?> Environment { get; } = [];

    public async Task<Outcome> RunAsync(params string[] arguments)
    {
        using var run = Start(arguments);
        return await run.EndAsync();
    }

    public Run Start(params string[] arguments)
    {
        // Whoever starts the tests in the background has them ignore SIGINT, which children inherit.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet"])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(System.Environment.GetEnvironmentVariable("SORA_TEST_CLI") ?? Path.Combine(AppContext.BaseDirectory, "sora.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["SORA_DATA"] = Data;
        start.Environment.Remove("SORA_SERVER");
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return new Run(Process.Start(start)!);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal sealed record Outcome(int Status, string Output, string Errors);

    /// <summary>A run in progress whose lines can be waited for.</summary>
    internal sealed class Run : IDisposable
    {
        private readonly Process process;
        private readonly Lines output;
        private readonly Lines errors;

        public Run(Process process)
        {
            this.process = process;
            output = new Lines(process.StandardOutput);
            errors = new Lines(process.StandardError);
        }

        /// <summary>Waits until a line of standard output (error) contains the text, and returns it.</summary>
        public Task<string> OutputAsync(string text) => output.WaitAsync(text).WaitAsync(Patience);

        public Task<string> ErrorsAsync(string text) => errors.WaitAsync(text).WaitAsync(Patience);

        /// <summary>Whether it has ended, by itself or not.</summary>
        public bool HasEnded => process.HasExited;

        public void Signal(string name)
        {
            using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }

        public async Task<Outcome> EndAsync()
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
            return new Outcome(process.ExitCode, await output.AllAsync(), await errors.AllAsync());
        }

        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }

            process.Dispose();
        }
    }

    private sealed class Lines
    {
        private readonly StringBuilder all = new();
        private readonly List<(string Text, TaskCompletionSource<string> Found)> waiting = [];
        private readonly Lock gate = new();
        private readonly Task reading;

        public Lines(StreamReader reader) => reading = Task.Run(async () =>
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                Take(line);
            }

            End();
        });

        public Task<string> WaitAsync(string text)
        {
            lock (gate)
            {
                var seen = all.ToString().Split('\n').FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal));
                var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
                if (seen is not null)
                {
                    found.SetResult(seen);
                }
                else if (reading.IsCompleted)
                {
                    found.SetException(new InvalidOperationException($"'{text}' was never printed, but:\n{all}"));
                }
                else
                {
                    waiting.Add((text, found));
                }

                return found.Task;
            }
        }

        public async Task<string> AllAsync()
        {
            await reading;
            return all.ToString();
        }

        private void Take(string line)
        {
            lock (gate)
            {
                all.Append(line).Append('\n');
                foreach (var (_, found) in waiting.Where(w => line.Contains(w.Text, StringComparison.Ordinal)))
                {
                    found.TrySetResult(line);
                }
            }
        }

        private void End()
        {
            lock (gate)
            {
                foreach (var (text, found) in waiting)
                {
                    found.TrySetException(new InvalidOperationException($"'{text}' was never printed, but:\n{all}"));
                }
            }
        }
    }
}
