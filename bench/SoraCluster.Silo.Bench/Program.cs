using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SoraCluster.Bench;
using SoraCluster.Silo.Hosting;
using SoraCluster.Silo.Users;
using SoraCluster.Worker.Costs;
using SoraCluster.Worker.Packs;

// Calls from one silo to entities on another, over a Redis with an append-only file:
//   dotnet run -c Release --project bench/SoraCluster.Silo.Bench -- [seconds for each line]
const int users = 64;
var length = TimeSpan.FromSeconds(args is [var text] && int.TryParse(text, CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : 5);
var folder = Directory.CreateTempSubdirectory("silo-bench-").FullName;
var redisPort = FreePort();
using var redis = Process.Start(new ProcessStartInfo(
    "redis-server", ["--port", $"{redisPort}", "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes"])
{
    RedirectStandardOutput = true,
})!;
redis.BeginOutputReadLine();
using var control = Process.Start(new ProcessStartInfo(
    "dotnet",
    [
        Path.Combine(AppContext.BaseDirectory, "SoraCluster.Silo.dll"), "--roles", "control", "--redis", $"127.0.0.1:{redisPort},connectRetry=20", "--data", folder,
        "--silo-port", $"{FreePort()}", "--listen", $"http://127.0.0.1:{FreePort()}", "--Silo:Quotas:Limit", "100000",
    ]))!;
try
{
    using var host = await StartAsync(new() { Roles = "gateway", Redis = $"127.0.0.1:{redisPort}", Data = folder, SiloPort = FreePort() });
    var grains = host.Services.GetRequiredService<IGrainFactory>();
    await FirstAnswerAsync(grains, control);
    Console.WriteLine($"{Environment.ProcessorCount} cores, {length.TotalSeconds:F0} s for each line.");
    Console.WriteLine();
    Console.WriteLine("| call | at once | calls per second | median, ms |");
    Console.WriteLine("|---|---:|---:|---:|");
    foreach (var callers in new[] { 1, users })
    {
        await ReportAsync("an allowance is read", callers, length, (user, _) => grains.GetGrain<IUserGrain>(user).GetAllowanceAsync());
    }

    foreach (var callers in new[] { 1, users })
    {
        // The same job again and again would save nothing: it is taken and given back.
        await ReportAsync("a slot is taken, or given back: saved in Redis", callers, length, (user, turn) => turn % 2 == 0
            ? grains.GetGrain<IUserGrain>(user).ReserveAsync(new($"job-{turn / 2}"))
            : grains.GetGrain<IUserGrain>(user).SettleAsync(new($"job-{turn / 2}", Keep: false)));
    }

    await host.StopAsync();
}
finally
{
    control.Kill();
    redis.Kill();
    await Task.WhenAll(control.WaitForExitAsync(), redis.WaitForExitAsync());
    Directory.Delete(folder, recursive: true);
}

static async Task<IHost> StartAsync(SiloHostOptions options)
{
    var connections = await RedisConnections.OpenAsync(options.Redis, authority: null);
    var stores = await SiloStores.OpenAsync(options, connections);
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.ClearProviders();
    builder.UseOrleans(silo => silo.UseRedisCluster(options, connections));
    builder.Services.AddCluster(options, connections, PackLibrary.Load(PackFolders.Find([])), stores, new CostProfile());
    var host = builder.Build();
    await host.StartAsync();
    return host;
}

// Until the control silo is there, nobody can answer.
static async Task FirstAnswerAsync(IGrainFactory grains, Process control)
{
    while (!control.HasExited)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, users).Select(user => grains.GetGrain<IUserGrain>($"user-{user}").GetAllowanceAsync()));
            return;
        }
        catch (Exception notYet) when (notYet is OrleansException or TimeoutException or SoraCluster.Domain.Errors.SoraException)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    throw new InvalidOperationException("The control silo ended.");
}

static async Task ReportAsync(string what, int callers, TimeSpan length, Func<string, int, Task> call)
{
    var watch = Stopwatch.StartNew();
    var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => CallAsync($"user-{caller}", watch, length, call)));
    var seconds = watch.Elapsed.TotalSeconds;
    var times = all.SelectMany(t => t).ToList();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {callers} | {times.Count / seconds:F0} | {Statistics.Median(times):F2} |"));
}

static async Task<List<double>> CallAsync(string user, Stopwatch watch, TimeSpan length, Func<string, int, Task> call)
{
    var times = new List<double>();
    while (watch.Elapsed < length)
    {
        var started = watch.Elapsed;
        await call(user, times.Count);
        times.Add((watch.Elapsed - started).TotalMilliseconds);
    }

    return times;
}

static int FreePort()
{
    using var listener = new TcpListener(IPAddress.Loopback, 0);
    listener.Start();
    return ((IPEndPoint)listener.LocalEndpoint).Port;
}
