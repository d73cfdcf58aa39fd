using Devoxx.Native.Mounts;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Namespaces;

/// <summary>
/// A mount namespace that nobody is in: what is mounted in it is seen through descriptors opened there only, and goes when this is disposed or the process
/// ends, however it ends. unshare(2) is for one thread, which is made for it and ends with it.
/// </summary>
public sealed class PrivateMounts : IDisposable
{
    private readonly SafeFileHandle mounts;

    private PrivateMounts(SafeFileHandle mounts) => this.mounts = mounts;

    /// <summary>Makes the namespace, a copy of this process's, and calls <paramref name="work"/> in it.</summary>
    /// <param name="work">Blocks the caller.</param>
    /// <exception cref="LinuxException">EPERM: not root.</exception>
    public static PrivateMounts Make(Action work) => new(ThreadOfItsOwn.Run("mounts", () =>
    {
        var result = RawSyscall.Invoke(Nr.unshare, (nint)CloneFlags.CLONE_NEWNS);
        if (result < 0)
        {
            throw new LinuxException("unshare", (int)-result, "mounts", "CLONE_NEWNS");
        }

        // Nothing of it spreads to the host.
        Mount.Make(null, "/", null, MountFlags.Recursive | MountFlags.Private);
        work();
        return File.OpenHandle("/proc/thread-self/ns/mnt");
    }));

    public void Dispose() => mounts.Dispose();
}
