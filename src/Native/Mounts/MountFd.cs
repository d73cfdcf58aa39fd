using Microsoft.Win32.SafeHandles;

namespace Devoxx.Native.Mounts;

/// <summary>A mount, attached or detached, by descriptor: what open_tree(2) and fsmount(2) return.</summary>
public sealed class MountFd : SafeHandleZeroOrMinusOneIsInvalid
{
    public MountFd(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>The number, for calls made while this object is kept alive.</summary>
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => RawSyscall.Invoke(Nr.close, handle) == 0;
}
