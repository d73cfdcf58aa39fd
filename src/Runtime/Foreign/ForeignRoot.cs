using Devoxx.Native;
using Devoxx.Native.Cgroups;
using Devoxx.Oci;
using Devoxx.Runtime.Setup;

namespace Devoxx.Runtime.Foreign;

/// <summary>
/// The root filesystem of a container that another runtime makes: the overlay that ours would mount inside the container is mounted for it where its bundle
/// says, in a mount namespace that only it and the container are in. So nothing of it is ever on the host, and it goes with the container.
/// </summary>
/// <param name="Path">The directory, in the bundle.</param>
/// <param name="Overlay">The mount of our config.json whose destination is <c>/</c>.</param>
/// <param name="ShowsUnifiedCgroups">Only the hierarchy of version 2 is to be seen on /sys/fs/cgroup.</param>
internal sealed record ForeignRoot(string Path, Mount Overlay, bool ShowsUnifiedCgroups)
{
    private const string CgroupDirectory = "/sys/fs/cgroup";

    /// <param name="spec">Ours.</param>
    public static ForeignRoot Of(RuntimeSpec spec, string bundle, ForeignRuntime runtime) => new(
        ForeignRuntime.BundleIn(bundle) + "/rootfs",
        (spec.Mounts ?? []).FirstOrDefault(mount => mount is { Destination: "/", Type: "overlay" })
            ?? throw new SetupException($"config.json has no overlay on / that could be made for {runtime.Name}"),
        runtime.LeavesCgroups && CgroupHost.Detect().Version == CgroupVersion.Hybrid);

    public void Mount(OperationList operations)
    {
        // As a slave: what the host unmounts meanwhile is not kept busy here, and what is mounted here is not seen there.
        operations.Syscall(
            Nr.mount, "mount", "/", "MS_REC|MS_SLAVE", 0, operations.Text("/"), 0, (nint)(MountOptions.MS_REC | MountOptions.MS_SLAVE));
        OverlayRoot.Mount(operations, Path, Overlay.Source ?? "overlay", MountOptions.Parse(Overlay.Options));
        if (ShowsUnifiedCgroups)
        {
            operations.Syscall(
                Nr.mount, "mount", $"cgroup2 on {CgroupDirectory}", null,
                operations.Text("cgroup2"), operations.Text(CgroupDirectory), operations.Text("cgroup2"),
                (nint)(MountOptions.MS_NOSUID | MountOptions.MS_NODEV | MountOptions.MS_NOEXEC));
        }
    }
}
