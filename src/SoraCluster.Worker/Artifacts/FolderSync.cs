using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SoraCluster.Worker.Artifacts;

/// <summary>
/// Makes the names in a folder durable: after a rename or a new entry, a power cut can still forget the name until the folder
/// itself is synced. .NET opens no folders, so this asks the C library. Windows needs nothing of the kind.
/// </summary>
internal static class FolderSync
{
    private const int ReadOnly = 0;
    private const int NoSuchFile = 2;

    /// <exception cref="DirectoryNotFoundException">The folder is not there.</exception>
    /// <exception cref="IOException">The folder could not be opened or synced.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var handle = Open(folder, ReadOnly);
        if (handle.IsInvalid || Fsync(handle) != 0)
        {
            var number = Marshal.GetLastPInvokeError();
            var message = new Win32Exception(number).Message;
            throw number == NoSuchFile ? new DirectoryNotFoundException(message) : new IOException(message, number);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Fsync(SafeFileHandle handle);
}
