using Devoxx.Native.Namespaces;

namespace Devoxx.Native.Mounts;

/// <summary>
/// A mount of another mount namespace, copied without being attached anywhere. setns(2) is for one thread, which is made for it and ends
/// with it, and which must not share its working directory with others.
/// </summary>
public static class DetachedCopy
{
    /// <param name="mountNamespace">e.g. <c>/proc/1234/ns/mnt</c>.</param>
    /// <param name="path">As it is seen there.</param>
    /// <exception cref="LinuxException">There is no such path, or the namespace may not be entered.</exception>
    public static MountFd Of(string mountNamespace, string path)
    {
        using var descriptor = NetworkNamespace.NamespaceFd.Open(mountNamespace);
        return ThreadOfItsOwn.Run("mounts", () =>
        {
            Check(RawSyscall.Invoke(Nr.unshare, (nint)CloneFlags.CLONE_FS), "unshare", nameof(CloneFlags.CLONE_FS));
            Check(RawSyscall.Invoke(Nr.setns, descriptor.Number, (nint)CloneFlags.CLONE_NEWNS), "setns", nameof(CloneFlags.CLONE_NEWNS));
            return OpenTree.Clone(path, recursive: false);
        });

        void Check(nint result, string call, string flags)
        {
            if (result < 0)
            {
                throw new LinuxException(call, (int)-result, mountNamespace, flags);
            }
        }
    }
}
