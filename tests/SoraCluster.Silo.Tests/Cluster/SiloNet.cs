using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace SoraCluster.Silo.Tests.Cluster;

/// <summary>A network within this machine: a bridge, and for each place a namespace with an address on it. Linux, as root.</summary>
internal sealed class SiloNet : IDisposable
{
    private readonly string name = string.Create(CultureInfo.InvariantCulture, $"sora{Environment.ProcessId}");
    private readonly string subnet = string.Create(CultureInfo.InvariantCulture, $"10.{200 + (Environment.ProcessId % 50)}.{Environment.ProcessId / 50 % 250}");
    private int places;

    public SiloNet()
    {
        Ip("link", "add", name, "type", "bridge");
        Ip("addr", "add", $"{Host}/24", "dev", name);
        Ip("link", "set", name, "up");
    }

    /// <summary>This machine's own address in it.</summary>
    public string Host => $"{subnet}.1";

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Trouble()
    {
        var probe = string.Create(CultureInfo.InvariantCulture, $"soraprobe{Environment.ProcessId}");
        var (code, output) = TryIp("netns", "add", probe);
        if (code == 0)
        {
            (code, output) = TryIp("netns", "del", probe);
        }

        return code == 0 ? null : output;
    }

    public SiloPlace Add()
    {
        var number = ++places;
        var (space, near, far) = (SpaceOf(number), $"{name}n{number}", $"{name}f{number}");
        var address = $"{subnet}.{number + 1}";
        Ip("netns", "add", space);
        Ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", space);
        Ip("link", "set", near, "master", name, "up");
        Ip("-n", space, "addr", "add", $"{address}/24", "dev", far);
        Ip("-n", space, "link", "set", far, "up");
        Ip("-n", space, "link", "set", "lo", "up");
        return SiloPlace.At(address, "ip", "netns", "exec", space);
    }

    /// <summary>From now on nothing passes between the two; the others reach both.</summary>
    public static void Cut(SiloPlace one, SiloPlace other)
    {
        Route("add", one, other);
        Assert.NotEqual(0, TryIp("-n", one.Launcher[^1], "route", "get", other.Address).Code);
    }

    /// <summary>Undoes <see cref="Cut"/>.</summary>
    public static void Mend(SiloPlace one, SiloPlace other)
    {
        Route("del", one, other);
        Assert.Equal(0, TryIp("-n", one.Launcher[^1], "route", "get", other.Address).Code);
    }

    /// <summary>Takes it away; what runs in it must have ended.</summary>
    public void Dispose()
    {
        for (var number = 1; number <= places; number++)
        {
            TryIp("netns", "del", SpaceOf(number));
        }

        TryIp("link", "del", name);
    }

    private static void Route(string what, SiloPlace one, SiloPlace other)
    {
        Ip("-n", one.Launcher[^1], "route", what, "blackhole", other.Address);
        Ip("-n", other.Launcher[^1], "route", what, "blackhole", one.Address);
    }

    private static void Ip(params string[] arguments)
    {
        var (code, output) = TryIp(arguments);
        Assert.True(code == 0, $"ip {string.Join(' ', arguments)}: {output}");
    }

    private static (int Code, string Output) TryIp(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var output = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output.Trim());
        }
        catch (Win32Exception missing)
        {
            return (-1, missing.Message);
        }
    }

    private string SpaceOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
}
