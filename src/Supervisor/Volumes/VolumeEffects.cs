using System.Net;
using System.Net.Sockets;
using Devoxx.Native;
using Devoxx.Native.Failpoints;
using Devoxx.Native.Files;
using Devoxx.Native.Mounts;
using Devoxx.Supervisor.Actors;

namespace Devoxx.Supervisor.Volumes;

/// <summary>
/// What is done to the disk and the kernel for a mount source. Each step may be done twice: the second time it finds its
/// work done.
/// </summary>
internal static class VolumeEffects
{
    private static readonly TimeSpan[] BusyRetries =
        [TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(320), TimeSpan.FromSeconds(1)];

    /// <returns>What the outcome should say besides; null: nothing.</returns>
    public static string? Do(DoStep step, SupervisorEnvironment environment) => step.Step switch
    {
        VolumeStep.Create => Failpoint.Around("volume.create", () => Create(step.Spec)),
        VolumeStep.Discard => Failpoint.Around("volume.discard", () => Discard(step.Spec)),
        VolumeStep.Mount => Failpoint.Around("volume.mount", () => Mount(step.Spec)),
        VolumeStep.Populate => Failpoint.Around("volume.populate", () => VolumeContent.Populate(step.Spec, step.Content!)),
        VolumeStep.Unmount => Failpoint.Around("volume.unmount", () => Unmount(step.Spec)),
        VolumeStep.Remove => Failpoint.Around("volume.remove", () => Remove(step.Spec, environment.Root)),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    private static string? Create(VolumeSpec spec)
    {
        switch (spec.Kind)
        {
            case VolumeKind.HostPath:
                if (!Path.Exists(spec.Path))
                {
                    if (!spec.CreateHostPath)
                    {
                        throw new IOException($"host path {spec.Path} does not exist, and create_host_path is false");
                    }

                    Directory.CreateDirectory(spec.Path);
                }

                return null;
            case VolumeKind.ContainerRoot:
                MakeDirectory(spec.Path, Private);
                MakeDirectory(spec.Path + "/rootfs", Open);
                MakeDirectory(spec.Path + "/upper", Open);
                MakeDirectory(spec.Path + "/work", Private);
                MakeDirectory(spec.Path + "/etc", Open);
                return null;
            default:
                MakeDirectory(Path.GetDirectoryName(spec.Path)!, Private);
                MakeDirectory(spec.Path, Open);
                return null;
        }
    }

    /// <summary>Only what is empty: a directory that was there before may hold what is dear to somebody. Of the host's own paths, nothing.</summary>
    private static string? Discard(VolumeSpec spec)
    {
        string[] made = spec.Kind switch
        {
            VolumeKind.HostPath => [],
            VolumeKind.ContainerRoot => [.. new[] { "rootfs", "upper", "work", "etc" }.Select(name => $"{spec.Path}/{name}"), spec.Path],
            _ => [spec.Path, Path.GetDirectoryName(spec.Path)!],
        };
        foreach (var directory in made)
        {
            if (Directory.Exists(directory) && !Directory.EnumerateFileSystemEntries(directory).Any())
            {
                Directory.Delete(directory);
            }
        }

        return null;
    }

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Open = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static void MakeDirectory(string path, UnixFileMode mode)
    {
        if (!Directory.Exists(path))
        {
            // Once more by chmod: the umask has taken bits away.
            Directory.CreateDirectory(path, mode);
            File.SetUnixFileMode(path, mode);
        }
    }

    private static string? Mount(VolumeSpec spec)
    {
        if (IsMounted(spec.Path))
        {
            return null;
        }

        var type = spec.Options.GetValueOrDefault("type", "none");
        var device = spec.Options.GetValueOrDefault("device", "");
        var options = MountOptions.Parse(spec.Options.GetValueOrDefault("o", ""));
        if (type is "nfs" or "nfs4")
        {
            options = options with { Data = WithServerAddress(options.Data) };
        }

        MakeDirectory(spec.Path, Open);
        var isBind = options.Flags.HasFlag(MountFlags.Bind);
        if (isBind && !Path.Exists(device))
        {
            throw new IOException($"volume {spec.Name}: its device {device} does not exist; make it, or correct driver_opts.device");
        }

        Devoxx.Native.Mounts.Mount.Make(device, spec.Path, isBind ? null : type, options.Flags, options.Data.Length == 0 ? null : options.Data);
        if (isBind && (options.Flags & ~(MountFlags.Bind | MountFlags.Recursive)) != 0)
        {
            Failpoint.Reach("volume.bound-without-flags");
            // The kernel passes over every other flag in the call that binds.
            Devoxx.Native.Mounts.Mount.Make("none", spec.Path, null, options.Flags | MountFlags.Remount, null);
        }

        return null;
    }

    /// <summary>The kernel's NFS client takes <c>addr=</c> as a number only: a name is looked up here, as mount.nfs(8) does.</summary>
    private static string WithServerAddress(string data) => string.Join(',', data.Split(',').Select(option =>
        option.StartsWith("addr=", StringComparison.Ordinal) && !IPAddress.TryParse(option.AsSpan(5), out _)
            ? "addr=" + Dns.GetHostAddresses(option[5..]).OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First()
            : option));

    private static string? Unmount(VolumeSpec spec)
    {
        foreach (var wait in BusyRetries)
        {
            if (!IsMounted(spec.Path))
            {
                return null;
            }

            try
            {
                Devoxx.Native.Mounts.Mount.Unmount(spec.Path, 0);
            }
            catch (LinuxException e) when (e.ErrnoName == "EBUSY")
            {
                Thread.Sleep(wait);
            }
        }

        if (!IsMounted(spec.Path))
        {
            return null;
        }

        var holders = MountHolders.Of(spec.Path);
        Devoxx.Native.Mounts.Mount.Unmount(spec.Path, UnmountFlags.Detach);
        return holders.Count == 0 ? "busy, nobody found who holds it" : "busy, held by " + string.Join(", ", holders);
    }

    private static string? Remove(VolumeSpec spec, StateRoot root)
    {
        switch (spec.Kind)
        {
            case VolumeKind.HostPath:
                return null;
            case VolumeKind.ContainerRoot:
                Delete(spec.Path);
                return null;
            case VolumeKind.Typed when IsMounted(spec.Path):
                throw new IOException($"volume {spec.Name} is still mounted on {spec.Path}");
            case VolumeKind.Typed:
                // Never what was mounted there: a directory that is not empty is not ours to empty.
                RemoveEmpty(spec.Path);
                RemoveEmpty(Path.GetDirectoryName(spec.Path)!);
                return null;
            default:
                Delete(Path.Combine(root.VolumesDirectory, spec.Name));
                return null;
        }
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            SafeTree.Delete(path);
        }
    }

    private static void RemoveEmpty(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: false);
        }
    }

    private static bool IsMounted(string path) => MountTable.Read().Any(m => m.MountPoint == path);
}
