using System.Runtime.InteropServices;
using System.Text;
using Devoxx.Native.Mounts;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Processes;

/// <summary>
/// An executable that nothing can be written to through a process that runs it: a container could otherwise overwrite the runtime by way of
/// <c>/proc/&lt;pid&gt;/exe</c> of a process that enters it (CVE-2019-5736). It is a detached read-only copy of the mount that the file lies on, or, before
/// Linux 5.12, a sealed copy of the file in memory.
/// </summary>
public sealed class SealedExecutable : IDisposable
{
    private const string Self = "/proc/self/exe";
    private const string Marker = "_DEVOXX_SEALED=1";

    private readonly SafeHandle _handle;

    private SealedExecutable(SafeHandle handle) => _handle = handle;

    /// <summary>What to start it by, while this object is not disposed. By our pid: a child that is given descriptors may have another one under this number.</summary>
    public string Path => $"/proc/{Environment.ProcessId}/fd/{_handle.DangerousGetHandle()}";

    /// <exception cref="LinuxException">It is not there, or there is no memory for a copy.</exception>
    public static SealedExecutable Open(string path)
    {
        if (!MountApi.HasDescriptors)
        {
            return new SealedExecutable(CopyToMemory(path));
        }

        MountFd mount;
        try
        {
            mount = OpenTree.Clone(path, recursive: false);
        }
        catch (LinuxException e) when (e.ErrnoName == "EPERM")
        {
            // An ordinary user makes no mounts.
            return new SealedExecutable(CopyToMemory(path));
        }

        MountSetattr.Apply(mount, MountAttributes.MOUNT_ATTR_RDONLY | MountAttributes.MOUNT_ATTR_NOSUID | MountAttributes.MOUNT_ATTR_NODEV);
        return new SealedExecutable(mount);
    }

    /// <summary>
    /// Goes on as a sealed copy of this very executable unless it is one already. Then it does not return: the program starts anew with the same
    /// arguments and environment.
    /// </summary>
    /// <param name="arguments">Of this program, without its own name.</param>
    public static void RestartUnlessSealed(string name, IReadOnlyList<string> arguments)
    {
        if (IsReadOnly(Self) || Environment.GetEnvironmentVariable(Marker.Split('=')[0]) is not null)
        {
            return;
        }

        using var executable = Open(Self);
        var environment = new List<string> { Marker };
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            environment.Add($"{entry.Key}={entry.Value}");
        }

        Execve.Replace(executable.Path, [name, .. arguments], environment);
    }

    public void Dispose() => _handle.Dispose();

    private static unsafe bool IsReadOnly(string path)
    {
        // struct statfs: f_flags is the eleventh word; ST_RDONLY is 1.
        var buffer = stackalloc nint[16];
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            return RawSyscall.Invoke(Nr.statfs, (nint)p, (nint)buffer) == 0 && (buffer[10] & 1) != 0;
        }
    }

    private static unsafe SafeFileHandle CopyToMemory(string path)
    {
        const int MFD_CLOEXEC = 1, MFD_ALLOW_SEALING = 2, F_ADD_SEALS = 1033, EverySeal = 15;
        nint fd;
        fixed (byte* name = "devoxx-runtime\0"u8)
        {
            fd = RawSyscall.Invoke(Nr.memfd_create, (nint)name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        }

        if (fd < 0)
        {
            throw new LinuxException("memfd_create", (int)-fd);
        }

        var handle = new SafeFileHandle(fd, ownsHandle: true);
        RandomAccess.Write(handle, File.ReadAllBytes(path), 0);
        var result = RawSyscall.Invoke(Nr.fcntl, fd, F_ADD_SEALS, EverySeal);
        return result >= 0 ? handle : throw new LinuxException("fcntl", (int)-result, "memfd", "F_ADD_SEALS");
    }
}
