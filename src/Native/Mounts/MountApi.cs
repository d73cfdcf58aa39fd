namespace Devoxx.Native.Mounts;

/// <summary>Which calls for mounting this kernel has.</summary>
public static class MountApi
{
    /// <summary>
    /// Whether open_tree, move_mount and mount_setattr are there (Linux 5.12). Only ENOSYS counts as no: any other refusal is an
    /// error to be shown when the call is really made.
    /// </summary>
    public static bool HasDescriptors { get; } =
        RawSyscall.Invoke(Nr.mount_setattr, -1, 0, 0, 0, 0) != -38 && RawSyscall.Invoke(Nr.open_tree, -1, 0, 0) != -38;
}
