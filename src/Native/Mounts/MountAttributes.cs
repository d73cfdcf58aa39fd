namespace Devoxx.Native.Mounts;

/// <summary>MOUNT_ATTR_* of mount_setattr(2).</summary>
[Flags]
public enum MountAttributes : ulong
{
    None = 0,
    MOUNT_ATTR_RDONLY = 0x1,
    MOUNT_ATTR_NOSUID = 0x2,
    MOUNT_ATTR_NODEV = 0x4,
    MOUNT_ATTR_NOEXEC = 0x8,
    MOUNT_ATTR_NOATIME = 0x10,
    MOUNT_ATTR_STRICTATIME = 0x20,

    /// <summary>The field of the three access time modes; to be cleared whenever one of them is set (0 is relatime).</summary>
    MOUNT_ATTR__ATIME = 0x70,
    MOUNT_ATTR_NODIRATIME = 0x80,
    MOUNT_ATTR_NOSYMFOLLOW = 0x200000,
}
