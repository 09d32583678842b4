using System.ComponentModel;
using System.Diagnostics;

namespace SoraCluster.Testing.Node;

/// <summary>Needs Node.js and npm; says so where they are missing.</summary>
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (!Answers("node") || !Answers("npm"))
        {
            Skip = "Node.js with npm is not installed, so npm packages cannot be run.";
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
