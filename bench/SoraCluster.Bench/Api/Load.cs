using System.Diagnostics;
using System.Net;

namespace SoraCluster.Bench.Api;

/// <summary>Ways to load a server.</summary>
internal static class Load
{
    /// <summary>Answers per second with so many connections, each asking again as soon as it is answered.</summary>
    public static async Task<double> RateAsync(IPEndPoint server, byte[] request, int connections, TimeSpan time)
    {
        var stop = false;
        var answered = 0L;
        var clients = await ConnectAsync(server, connections);
        var clock = Stopwatch.StartNew();
        var work = clients.Select(client => Task.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                Expect(200, await client.CallAsync(request), client);
                Interlocked.Increment(ref answered);
            }
        })).ToArray();
        await Task.Delay(time, TimeProvider.System);
        var rate = Interlocked.Read(ref answered) / clock.Elapsed.TotalSeconds;
        Volatile.Write(ref stop, true);
        await Task.WhenAll(work);
        clients.ForEach(client => client.Dispose());
        return rate;
    }

    /// <summary>
    /// Milliseconds from the moment at which each request was due to its answer, at a fixed rate whatever the answers do: a server that
    /// falls behind is not spared the requests that come meanwhile.
    /// </summary>
    public static async Task<double[]> LatenciesAsync(
        IPEndPoint server, Func<int, byte[]> request, double perSecond, TimeSpan time, int connections)
    {
        var count = (int)(perSecond * time.TotalSeconds);
        var latencies = new double[count];
        var next = -1;
        var clients = await ConnectAsync(server, connections);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(clients.Select(client => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < count;)
            {
                var due = TimeSpan.FromSeconds(i / perSecond);
                if (due - clock.Elapsed is { Ticks: > 0 } wait)
                {
                    await Task.Delay(wait, TimeProvider.System);
                }

                Expect(200, await client.CallAsync(request(i)), client);
                latencies[i] = (clock.Elapsed - due).TotalMilliseconds;
            }
        })));
        clients.ForEach(client => client.Dispose());
        return latencies;
    }

    /// <summary>Connections that are open at once; opened a few hundred at a time.</summary>
    public static async Task<List<RawClient>> ConnectAsync(IPEndPoint server, int count, int bufferBytes = 32 * 1024)
    {
        var clients = new List<RawClient>();
        while (clients.Count < count)
        {
            var some = Enumerable.Range(0, Math.Min(200, count - clients.Count)).Select(_ => new RawClient(bufferBytes)).ToArray();
            await Task.WhenAll(some.Select(client => client.ConnectAsync(server)));
            clients.AddRange(some);
        }

        return clients;
    }

    public static double Percentile(double[] values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }

    private static void Expect(int status, int found, RawClient client)
    {
        if (found != status)
        {
            throw new InvalidOperationException($"Answered {found}: {client.BodyText()}");
        }
    }
}
