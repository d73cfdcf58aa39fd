using System.Collections.Immutable;
using System.Globalization;
using Devoxx.Oci;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Bundles;

/// <summary>The mounts of a container, in the order they are made. Pure.</summary>
internal static class MountsBuilder
{
    /// <summary>Where the container finds the socket that it notifies by. A directory, so that another socket may take the place of one that is lost.</summary>
    public const string NotifyDirectory = "/run/devoxx/notify";

    public static ImmutableArray<Mount> Build(ContainerSpec spec, BundleInput input)
    {
        var mounts = ImmutableArray.CreateBuilder<Mount>();
        mounts.Add(Root(input));
        mounts.AddRange(Kernel(spec, input.Shared));
        var etc = input.Bundle + "/etc/";
        mounts.Add(Bind(etc + "resolv.conf", "/etc/resolv.conf", "rbind", "rprivate"));
        mounts.Add(Bind(etc + "hostname", "/etc/hostname", "rbind", "rprivate"));
        mounts.Add(Bind(etc + "hosts", "/etc/hosts", "rbind", "rprivate"));

        // Shallow targets first, so that /data comes before /data/cache whatever the order in the file.
        foreach (var mount in spec.Mounts.OrderBy(m => m.Target.Count(c => c == '/')).ThenBy(m => m.Target, StringComparer.Ordinal))
        {
            mounts.RemoveAll(m => m.Destination == mount.Target && m.Destination != "/");
            mounts.Add(mount.Kind == MountKind.Tmpfs ? Tmpfs(mount) : Source(mount, input));
        }

        for (var i = 0; i < (spec.Files?.Length ?? 0); i++)
        {
            var target = spec.Files!.Value[i].Target;
            mounts.RemoveAll(m => m.Destination == target && m.Destination != "/");
            mounts.Add(Bind(ContainerFiles.Path(input.Bundle, i), target, "bind", "rprivate", "ro", "nosuid", "nodev"));
        }

        if (spec.Notify is not null)
        {
            mounts.Add(Bind(input.Bundle + "/notify", NotifyDirectory, "bind", "rprivate", "ro", "nosuid", "nodev", "noexec"));
        }

        return mounts.ToImmutable();
    }

    /// <summary>Layers, and on top of them what the container writes; made in its own mount namespace, so that it goes with it.</summary>
    private static Mount Root(BundleInput input) => new()
    {
        Destination = "/",
        Type = "overlay",
        Source = "overlay",
        Options =
        [
            "lowerdir=" + string.Join(':', input.Layers.Reverse().Select(Escape)),
            "upperdir=" + Escape(input.Bundle + "/upper"),
            "workdir=" + Escape(input.Bundle + "/work"),
        ],
    };

    /// <summary>overlayfs separates layers by colons and options by commas.</summary>
    private static string Escape(string path) => path.Replace("\\", "\\\\").Replace(":", "\\:").Replace(",", "\\,");

    private static IEnumerable<Mount> Kernel(ContainerSpec spec, SharedNamespaces? shared)
    {
        var access = spec.Privileged ? "rw" : "ro";
        yield return Make("/proc", "proc", "proc", "nosuid", "noexec", "nodev");
        yield return Make("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k");
        yield return Make("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5");
        switch (spec.Namespaces?.Ipc)
        {
            case "none":
                break;
            case "host":
                yield return Bind("/dev/shm", "/dev/shm", "rbind", "rprivate", "nosuid", "noexec", "nodev");
                break;
            case not null when shared?.SharedMemoryPath is { } memory:
                yield return Bind(memory, "/dev/shm", "bind", "rprivate");
                break;
            default:
                yield return Make("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=" + spec.ShmSize.ToString(CultureInfo.InvariantCulture));
                break;
        }

        yield return Make("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
        yield return Make("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", access);
        // Without a cgroup namespace it finds itself where /proc/self/cgroup says only in the whole of the host's hierarchies.
        yield return spec.Namespaces?.Cgroup == "host"
            ? Bind("/sys/fs/cgroup", "/sys/fs/cgroup", "rbind", "rprivate", "nosuid", "noexec", "nodev", spec.Privileged ? "rw" : "rro")
            : Make("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", access);
    }

    private static Mount Make(string destination, string type, string source, params ImmutableArray<string> options) =>
        new() { Destination = destination, Type = type, Source = source, Options = options };

    private static Mount Bind(string source, string destination, params ImmutableArray<string> options) =>
        Make(destination, "bind", source, options);

    private static Mount Source(MountSpec mount, BundleInput input)
    {
        var recursive = mount.Recursive == "disabled" ? "bind" : "rbind";
        var propagation = mount.Propagation ?? "rprivate";
        var source = input.Sources[mount.Target];
        if (!mount.ReadOnly)
        {
            return Bind(source, mount.Target, recursive, propagation);
        }

        // As docker: what is mounted below a read-only path is read-only too, unless the file says otherwise or the kernel cannot.
        var below = mount.Kind == MountKind.Bind && (mount.Recursive == "readonly" || (mount.Recursive is not ("disabled" or "writable") && input.RecursiveReadOnly));
        return below ? Bind(source, mount.Target, recursive, propagation, "ro", "rro") : Bind(source, mount.Target, recursive, propagation, "ro");
    }

    private static Mount Tmpfs(MountSpec mount)
    {
        var options = ImmutableArray.CreateBuilder<string>();
        options.AddRange("nosuid", "nodev", "noexec");
        // Said explicitly in the file, so they come last and win.
        options.AddRange(mount.TmpfsOptions ?? []);

        if (mount.TmpfsSize is { } size)
        {
            options.Add("size=" + size.ToString(CultureInfo.InvariantCulture));
        }

        if (mount.TmpfsMode is { } mode)
        {
            options.Add("mode=" + Convert.ToString(mode, 8));
        }
        else if (!options.Any(o => o.StartsWith("mode=", StringComparison.Ordinal)))
        {
            options.Add("mode=1777");
        }

        if (mount.ReadOnly)
        {
            options.Add("ro");
        }

        return Make(mount.Target, "tmpfs", "tmpfs", options.ToImmutable());
    }
}
