namespace SoraCluster.Local.Tests.Crash;

/// <summary>A local server as a process of its own, for tests that kill it: <c>dotnet SoraCluster.Local.Tests.dll DATA PACKS</c>.</summary>
internal static class Program
{
    /// <summary>Prints <c>ready ADDRESS</c>, or <c>refused REASON</c> and ends with 1; stops gracefully when its input is closed.</summary>
    public static async Task<int> Main(string[] args)
    {
        try
        {
            await using var server = await LocalServer.StartAsync(
                new() { Port = 0, DataFolder = args[0], PackFolders = [args[1]], Threads = 1, MaxJobs = 3, Gateway = g => g.RequestsPerMinute = 0 });
            Console.WriteLine($"ready {server.BaseAddress}");
            await Task.WhenAny(Task.Run(Console.In.ReadToEnd), server.Completion); // reading the console asynchronously blocks
            await server.StopAsync();
            return 0;
        }
        catch (LocalServerException refused)
        {
            Console.WriteLine($"refused {refused.Message}");
            return 1;
        }
    }
}
