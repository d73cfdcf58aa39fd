using Devoxx.Native;
using Devoxx.Oci;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>The nodes and links of a fresh <c>/dev</c> (runtime-spec, "Default Devices"), made relative to its descriptor.</summary>
internal static class DeviceNodes
{
    private static readonly Device[] Default =
    [
        new("c", "/dev/null", 1, 3, 0x1b6), new("c", "/dev/zero", 1, 5, 0x1b6), new("c", "/dev/full", 1, 7, 0x1b6),
        new("c", "/dev/random", 1, 8, 0x1b6), new("c", "/dev/urandom", 1, 9, 0x1b6), new("c", "/dev/tty", 5, 0, 0x1b6),
    ];

    private static readonly (string Name, string Target)[] Links =
    [
        ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx"),
    ];

    /// <param name="byBinding">In a user namespace nobody may make device nodes (mknod(2)): the host's are bound.</param>
    public static void Make(RootOperations root, IReadOnlyList<Device> devices, bool byBinding)
    {
        var operations = root.Operations;
        var dev = root.Open("/dev");
        operations.Add(OperationKind.RequireFilesystem, "statfs", "/dev", "a tmpfs", dev, TMPFS_MAGIC);
        foreach (var device in Default)
        {
            // One that config.json gives too is made as it says there.
            if (!Contains(devices, device.Path))
            {
                Make(root, dev, device.Path["/dev/".Length..], device, byBinding);
            }
        }

        foreach (var (name, target) in Links)
        {
            operations.Syscall(Nr.symlinkat, "symlink", "/dev/" + name, null, operations.Text(target), dev, operations.Text(name)).Tolerate(EEXIST);
        }

        root.Close(dev);
        foreach (var device in devices)
        {
            var relative = ContainerPath.Relative(device.Path);
            if (relative == "dev/ptmx")
            {
                // Always the link to the container's own devpts; engines list the host's node for privileged containers.
                continue;
            }

            if (!relative.StartsWith("dev/", StringComparison.Ordinal))
            {
                continue;
            }

            var slash = relative.LastIndexOf('/');
            var directory = root.Open("/" + relative[..slash], CreateMissing.Directory);
            operations.Add(OperationKind.RequireFilesystem, "statfs", device.Path, "a tmpfs", directory, TMPFS_MAGIC);
            Make(root, directory, relative[(slash + 1)..], device, byBinding);
            root.Close(directory);
        }
    }

    /// <summary>Those that lie elsewhere than in <c>/dev</c>, which the specification allows: made when everything is mounted. One that is there already must be the same.</summary>
    public static void MakeElsewhere(RootOperations root, IReadOnlyList<Device> devices, bool byBinding)
    {
        foreach (var device in devices)
        {
            var relative = ContainerPath.Relative(device.Path);
            if (relative.StartsWith("dev/", StringComparison.Ordinal))
            {
                continue;
            }

            if (relative.Length == 0 || relative == "dev")
            {
                throw new SetupException($"device {device.Path}: this is no place for a device");
            }

            var slash = relative.LastIndexOf('/');
            var directory = root.Open("/" + relative[..Math.Max(0, slash)], CreateMissing.Directory);
            Make(root, directory, relative[(slash + 1)..], device, byBinding, mayExist: device.Type is "c" or "u");
            root.Close(directory);
        }
    }

    private static bool Contains(IReadOnlyList<Device> devices, string path)
    {
        foreach (var device in devices)
        {
            if ("/" + ContainerPath.Relative(device.Path) == path)
            {
                return true;
            }
        }

        return false;
    }

    private static void Make(RootOperations root, Argument directory, string name, Device device, bool byBinding, bool mayExist = false)
    {
        if (byBinding && device.Type != "p")
        {
            Bind(root, directory, name, device);
            return;
        }

        var operations = root.Operations;
        var type = device.Type switch
        {
            "c" or "u" => S_IFCHR,
            "b" => S_IFBLK,
            "p" => S_IFIFO,
            _ => throw new SetupException($"device {device.Path}: '{device.Type}' is none of c, u, b and p"),
        };
        var (major, minor) = (device.Major ?? 0, device.Minor ?? 0);

        // How mknod(2) takes numbers: major in bits 8 to 19, minor in 0 to 7 and from 20 on.
        var number = (nint)((minor & 0xff) | (major << 8) | ((minor & ~0xffL) << 12));
        var text = operations.Text(name);
        operations.Syscall(
            Nr.mknodat, "mknod", device.Path, $"{device.Type} {major}:{minor}", directory, text, type | (int)((device.FileMode ?? 0x1b6) & 0xfff), number)
            .Tolerate(mayExist ? EEXIST : 0);
        if (mayExist)
        {
            var made = operations.NewSlot();
            operations.Syscall(Nr.openat, "open", device.Path, "O_PATH|O_NOFOLLOW", directory, text, O_PATH | O_NOFOLLOW | O_CLOEXEC).Into(made);
            operations.Add(OperationKind.RequireCharacterDevice, "stat", device.Path, $"char {major}:{minor}", made, (nint)major, (nint)minor);
            root.Close(made);
        }

        if (device.Uid is > 0 || device.Gid is > 0)
        {
            operations.Syscall(
                Nr.fchownat, "chown", device.Path, null, directory, text, (int)(device.Uid ?? 0), (int)(device.Gid ?? 0), AT_SYMLINK_NOFOLLOW);
        }
    }

    private static void Bind(RootOperations root, Argument directory, string name, Device device)
    {
        var operations = root.Operations;
        var path = device.Path;
        var source = operations.NewSlot();
        var target = operations.NewSlot();
        operations.Syscall(Nr.openat, "open", path, "O_PATH|O_NOFOLLOW", AT_FDCWD, operations.Text(path), O_PATH | O_NOFOLLOW | O_CLOEXEC).Into(source);
        if (device is { Type: "c" or "u", Major: { } major, Minor: { } minor })
        {
            operations.Add(OperationKind.RequireCharacterDevice, "stat", path, $"char {major}:{minor}", source, (nint)major, (nint)minor);
        }

        operations.Syscall(
            Nr.openat, "open", path, "O_CREAT", directory, operations.Text(name), O_CREAT | O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0x1b6).Into(target);
        root.BindAt(source, target, false, path);
        root.Close(target);
        root.Close(source);
    }
}
