using Devoxx.Native.Files;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Mounts;

/// <summary>mount(2) and umount2(2). The fd-based calls, which mount into a container's root, stand in files of their own.</summary>
public static unsafe class Mount
{
    private static readonly (MountFlags Flag, string Name)[] FlagNames =
    [
        (MountFlags.ReadOnly, "MS_RDONLY"), (MountFlags.NoSuid, "MS_NOSUID"), (MountFlags.NoDev, "MS_NODEV"), (MountFlags.NoExec, "MS_NOEXEC"),
        (MountFlags.Synchronous, "MS_SYNCHRONOUS"), (MountFlags.Remount, "MS_REMOUNT"), (MountFlags.DirSync, "MS_DIRSYNC"),
        (MountFlags.NoSymFollow, "MS_NOSYMFOLLOW"), (MountFlags.NoAtime, "MS_NOATIME"), (MountFlags.NoDirAtime, "MS_NODIRATIME"),
        (MountFlags.Bind, "MS_BIND"), (MountFlags.Move, "MS_MOVE"), (MountFlags.Recursive, "MS_REC"), (MountFlags.Silent, "MS_SILENT"),
        (MountFlags.Unbindable, "MS_UNBINDABLE"), (MountFlags.Private, "MS_PRIVATE"), (MountFlags.Slave, "MS_SLAVE"),
        (MountFlags.Shared, "MS_SHARED"), (MountFlags.RelAtime, "MS_RELATIME"), (MountFlags.StrictAtime, "MS_STRICTATIME"),
        (MountFlags.LazyTime, "MS_LAZYTIME"),
    ];

    /// <summary>One mount(2) call. Bind first, then once more for propagation and once more for read-only: the kernel ignores both in the call that binds.</summary>
    /// <param name="source">Null where the call takes none: propagation and remounts.</param>
    /// <param name="data">The file system's own options: <c>size=64m,mode=1777</c>.</param>
    /// <exception cref="LinuxException">As mount(2) says; its message names source, target and flags.</exception>
    public static void Make(string? source, string target, string? fsType, MountFlags flags, string? data = null)
    {
        fixed (byte* s = Optional(source))
        fixed (byte* t = CPath.Of(target))
        fixed (byte* f = Optional(fsType))
        fixed (byte* d = Optional(data))
        {
            if (FileCalls.Result(mount(s, t, f, (ulong_t)(ulong)flags, d)) is var status and < 0)
            {
                var subject = (source is null ? "" : source + " ") + "on " + target + (fsType is null ? "" : " type " + fsType)
                    + (string.IsNullOrEmpty(data) ? "" : " data " + data);
                throw new LinuxException("mount", -status, subject, Describe(flags));
            }
        }
    }

    /// <exception cref="LinuxException">EBUSY when somebody uses it, EINVAL when nothing is mounted there.</exception>
    public static void Unmount(string target, UnmountFlags flags = UnmountFlags.NoFollow)
    {
        fixed (byte* t = CPath.Of(target))
        {
            if (FileCalls.Result(umount2(t, (int)flags)) is var status and < 0)
            {
                throw new LinuxException("umount2", -status, target, Describe(flags));
            }
        }
    }

    /// <summary><c>MS_BIND|MS_REC</c>; null for no flags.</summary>
    public static string? Describe(MountFlags flags)
    {
        var names = FlagNames.Where(known => flags.HasFlag(known.Flag)).Select(known => known.Name).ToList();
        var unknown = FlagNames.Aggregate(flags, (left, known) => left & ~known.Flag);
        if (unknown != 0)
        {
            names.Add($"0x{(ulong)unknown:x}");
        }

        return names.Count == 0 ? null : string.Join('|', names);
    }

    private static string? Describe(UnmountFlags flags)
    {
        (UnmountFlags Flag, string Name)[] known =
        [
            (UnmountFlags.Force, "MNT_FORCE"), (UnmountFlags.Detach, "MNT_DETACH"), (UnmountFlags.Expire, "MNT_EXPIRE"), (UnmountFlags.NoFollow, "UMOUNT_NOFOLLOW"),
        ];
        var names = known.Where(each => flags.HasFlag(each.Flag)).Select(each => each.Name).ToList();
        return names.Count == 0 ? null : string.Join('|', names);
    }

    private static byte[]? Optional(string? text) => string.IsNullOrEmpty(text) ? null : CPath.Of(text);
}
