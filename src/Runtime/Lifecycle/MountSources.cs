using System.Text;
using Devoxx.Native;
using Devoxx.Native.Mounts;
using Devoxx.Native.Namespaces;
using Devoxx.Native.Processes;
using Devoxx.Oci;
using Devoxx.Runtime.Launch;
using Devoxx.Runtime.Setup;
using static Devoxx.Runtime.Setup.Linux;
using Mount = Devoxx.Oci.Mount;

namespace Devoxx.Runtime.Lifecycle;

/// <summary>
/// The sources of mounts that the child gets from us as detached mounts: those that it could not open or map in a user namespace of its own, and
/// those that are attached nowhere yet.
/// </summary>
internal static unsafe class MountSources
{
    private const ulong MOUNT_ATTR_IDMAP = 0x100000;

    /// <summary>
    /// By commas the destinations of bind mounts whose source, <c>/proc/PID/fd/N</c> of whoever starts us, is a mount that is attached nowhere: it
    /// is attached itself, for before Linux 6.15 the kernel copies no such mount.
    /// </summary>
    public const string DetachedAnnotation = "org.devoxx.detached-mounts";

    /// <summary>Descriptors of detached mounts, by the mount's place in config.json.</summary>
    /// <param name="every">All bind mounts, because the child is root only in its user namespace: a directory above a source may be closed to it.</param>
    public static Dictionary<int, int> Open(RuntimeSpec spec, string bundle, bool every)
    {
        var trees = new Dictionary<int, int>();
        var detached = spec.Annotations?.TryGetValue(DetachedAnnotation, out var destinations) is true ? destinations.Split(',') : [];
        for (var i = 0; i < (spec.Mounts?.Count ?? 0); i++)
        {
            var mount = spec.Mounts![i];
            var options = MountOptions.Parse(mount.Options);
            if (options.IsBind && detached.Contains(mount.Destination) && mount.Source is { } attachedNowhere)
            {
                trees[i] = FileDescriptor.Open(attachedNowhere, O_PATH | O_CLOEXEC);
                continue;
            }

            var isMapped = MountPaths.IsMapped(mount);
            if ((isMapped || (every && options.IsBind)) && !(options.IsBind && MountPaths.SourceInRoot(spec, bundle, i) is not null))
            {
                trees[i] = Open(mount, options, isMapped, spec.Linux, bundle);
            }
        }

        return trees;
    }

    /// <summary>The places in config.json of the mounts that are to be id-mapped and that only the child can open, when their turn comes; in that order.</summary>
    public static IEnumerable<int> MappedLate(RuntimeSpec spec, string bundle)
    {
        for (var i = 0; i < (spec.Mounts?.Count ?? 0); i++)
        {
            if (MountPaths.IsMapped(spec.Mounts![i]) && MountOptions.Parse(spec.Mounts[i].Options).IsBind && MountPaths.SourceInRoot(spec, bundle, i) is not null)
            {
                yield return i;
            }
        }
    }

    /// <summary>Maps what the child has opened: in a user namespace of its own it could not (mount_setattr(2)).</summary>
    /// <param name="fd">The detached mount's descriptor in the child.</param>
    public static void Map(RuntimeSpec spec, int index, PidFd child, int fd)
    {
        var tree = FileDescriptor.OfProcess(child, fd);
        try
        {
            var mount = spec.Mounts![index];
            Map(tree, mount, MountOptions.Parse(mount.Options), spec.Linux, mount.Source!);
        }
        finally
        {
            FileDescriptor.Close(tree);
        }
    }

    /// <summary>The root filesystem as a detached mount.</summary>
    public static int OpenRoot(string path) => OpenTree(path, recursive: true);

    private static int Open(Mount mount, MountOptions options, bool isMapped, LinuxSpec? linux, string bundle)
    {
        var where = $"mount on {mount.Destination}";
        if (!options.IsBind || mount.Source is not { Length: > 0 } source)
        {
            throw new SetupException($"{where}: {(isMapped ? "only bind mounts can be id-mapped" : "a bind mount needs a source")}");
        }

        var path = Path.GetFullPath(Path.Combine(bundle, source));
        var tree = OpenTree(path, options.IsRecursiveBind);
        try
        {
            if (isMapped)
            {
                Map(tree, mount, options, linux, path);
            }

            return tree;
        }
        catch
        {
            FileDescriptor.Close(tree);
            throw;
        }
    }

    private static void Map(int tree, Mount mount, MountOptions options, LinuxSpec? linux, string path)
    {
        var where = $"mount on {mount.Destination}";
        if (!MountApi.HasDescriptors)
        {
            throw new SetupException($"{where}: id-mapped mounts need mount_setattr (Linux 5.12)");
        }

        var uids = mount.UidMappings is { Count: > 0 } ? mount.UidMappings : linux?.UidMappings;
        var gids = mount.GidMappings is { Count: > 0 } ? mount.GidMappings : linux?.GidMappings;
        var joined = linux?.Namespaces?.FirstOrDefault(entry => entry.Type == "user")?.Path;
        if (joined is null or "" && (uids is not { Count: > 0 } || gids is not { Count: > 0 }))
        {
            throw new SetupException($"{where}: an id-mapped mount needs uidMappings and gidMappings, its own or the container's");
        }

        // Without any of its own it is mapped as the container is: a namespace that is joined has its maps already.
        var users = uids is { Count: > 0 } && gids is { Count: > 0 }
            ? NamespaceOf(new LinuxSpec { UidMappings = uids, GidMappings = gids })
            : FileDescriptor.Open(joined!, O_RDONLY);
        var attributes = stackalloc ulong[4];
        (attributes[0], attributes[1], attributes[2], attributes[3]) = (MOUNT_ATTR_IDMAP, 0, 0, (ulong)users);
        byte empty = 0;
        var recursive = options.IsRecursiveIdMap ? AT_RECURSIVE : 0;
        var result = RawSyscall.Invoke(Nr.mount_setattr, tree, (nint)(&empty), AT_EMPTY_PATH | recursive, (nint)attributes, 4 * sizeof(ulong));
        FileDescriptor.Close(users);
        FileDescriptor.Check(result, "mount_setattr MOUNT_ATTR_IDMAP", $"{path}, {where} (does its filesystem know id-mapped mounts?)");
    }

    private static int OpenTree(string path, bool recursive)
    {
        fixed (byte* p = Encoding.UTF8.GetBytes(path + "\0"))
        {
            var flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0);
            return (int)FileDescriptor.Check(RawSyscall.Invoke(Nr.open_tree, AT_FDCWD, (nint)p, flags), "open_tree", path);
        }
    }

    /// <summary>A user namespace with these maps, kept by its descriptor alone: its one process, which only waits, is gone again.</summary>
    private static int NamespaceOf(LinuxSpec maps)
    {
        var wait = FileDescriptor.Pipe();
        using var operations = new OperationList();
        operations.Add(OperationKind.AwaitParent, "read", "nothing", null, wait.Read);
        var (pid, pidFd) = Launcher.Launch(operations, CloneFlags.CLONE_NEWUSER, wait.Write, -1);
        try
        {
            IdMaps.Write(pid, maps);
            return FileDescriptor.Open($"/proc/{pid}/ns/user", O_RDONLY);
        }
        finally
        {
            pidFd.SendSignal(Signal.Kill);
            pidFd.Reap();
            pidFd.Dispose();
            FileDescriptor.Close(wait.Read);
            FileDescriptor.Close(wait.Write);
        }
    }
}
