using Devoxx.Native;
using Devoxx.Native.Files;
using Devoxx.Native.Systemd;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Runtime.Systemd;

/// <summary>Which systemd is asked for a container's scope: the system's, or the one of an ordinary user, who is root in a user namespace perhaps.</summary>
/// <param name="Path">Of the private socket.</param>
internal sealed record ManagerSocket(string Path, bool IsUser)
{
    public static ManagerSocket OfCaller()
    {
        var user = Environment.IsPrivilegedProcess ? OuterUser(File.ReadAllText("/proc/self/uid_map")) : RawSyscall.Invoke(Nr.getuid);
        return user == 0 || IsOurs(SystemdBus.SystemSocket)
            ? new ManagerSocket(SystemdBus.SystemSocket, IsUser: false)
            : new ManagerSocket($"{Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") ?? $"/run/user/{user}"}/systemd/private", IsUser: true);
    }

    /// <exception cref="SetupException">No systemd is there; says what to do.</exception>
    public SystemdBus Connect()
    {
        try
        {
            return SystemdBus.Connect(Path);
        }
        catch (LinuxException e)
        {
            throw new SetupException(
                $"--systemd-cgroup: no systemd{(IsUser ? " of this user" : "")} can be asked for the container's cgroup: {e.Message}. Where none runs, leave --systemd-cgroup out, or "
                + "have the engine make cgroups itself (podman --cgroup-manager=cgroupfs; containerd SystemdCgroup = false; docker native.cgroupdriver=cgroupfs)");
        }
    }

    // In a system container, whose root is somebody else outside, the system's is still the one to ask.
    private static bool IsOurs(string path)
    {
        var fd = Environment.IsPrivilegedProcess ? FileDescriptor.TryOpen(path, Linux.O_PATH) : -1;
        if (fd < 0)
        {
            return false;
        }

        using var socket = new SafeFileHandle(fd, ownsHandle: true);
        return FileStatus.Of(socket).Uid == 0;
    }

    /// <summary>Who root is, one user namespace up: the first line of <c>/proc/self/uid_map</c> (user_namespaces(7)).</summary>
    internal static long OuterUser(string uidMap)
    {
        var words = uidMap.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 2 && words[0] == "0" && long.TryParse(words[1], out var outer) ? outer : 0;
    }
}
