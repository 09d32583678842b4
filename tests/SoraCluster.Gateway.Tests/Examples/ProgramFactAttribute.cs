using System.ComponentModel;
using System.Diagnostics;

namespace SoraCluster.Gateway.Tests.Examples;

/// <summary>Needs a program; says so where it is missing.</summary>
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true });
            process!.WaitForExit();
        }
        catch (Win32Exception)
        {
            Skip = $"{program} is not installed.";
        }
    }
}
