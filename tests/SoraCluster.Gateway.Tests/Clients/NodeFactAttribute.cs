using System.ComponentModel;
using System.Diagnostics;

namespace SoraCluster.Gateway.Tests.Clients;

/// <summary>Needs Node.js and npm; says so where they are missing.</summary>
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (!Answers("node") || !Answers("npm"))
        {
            Skip = "Node.js with npm is not installed, so the npm package openai cannot be run.";
        }
    }

    private static bool Answers(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
