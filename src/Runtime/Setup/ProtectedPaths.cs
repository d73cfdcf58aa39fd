using Devoxx.Native;
using static Devoxx.Runtime.Setup.Linux;
using static Devoxx.Runtime.Setup.MountOptions;

namespace Devoxx.Runtime.Setup;

/// <summary>Paths that a container may not see, or not write. Missing ones are left out.</summary>
internal static class ProtectedPaths
{
    /// <summary>An empty read-only directory, one for all, on directories; the null device on anything else.</summary>
    public static void Mask(RootOperations root, IReadOnlyList<string>? paths)
    {
        if (paths is null or [])
        {
            return;
        }

        // The host's null device, proved to be one and bound by descriptor: the container's own might be a link (CVE-2025-31133).
        var operations = root.Operations;
        var nothing = operations.NewSlot();
        operations.Syscall(
            Nr.openat, "open", "/dev/null", "O_PATH|O_NOFOLLOW", AT_FDCWD, operations.Text("/dev/null"), O_PATH | O_NOFOLLOW | O_CLOEXEC).Into(nothing);
        operations.Add(OperationKind.RequireCharacterDevice, "stat", "/dev/null", "char 1:3", nothing, 1, 3);
        var empty = operations.NewSlot();
        foreach (var path in paths.Distinct(StringComparer.Ordinal))
        {
            var open = operations.Count;
            var target = root.Open(path, skipWhenMissing: 0);
            operations.Add(OperationKind.SkipUnlessDirectory, "stat", path, null, target, 0);
            var branch = operations.Count - 1;
            MaskDirectory(root, target, empty, path);
            var jump = operations.Count;
            operations.Add(OperationKind.SkipIfZero, "skip", path, null, 0, 0);
            operations[branch].B = operations.Count - branch - 1;
            root.BindAt(nothing, target, false, path);
            operations[jump].B = operations.Count - jump - 1;
            root.Close(target);
            operations[open].SkipWhenTolerated = (short)(operations.Count - open - 1);
        }

        root.Close(nothing);
        operations.Add(OperationKind.SkipIfZero, "skip", "empty directory", null, empty, 1);
        root.Close(empty);
    }

    /// <param name="empty">The slot of the empty directory: 0 before the first directory has been masked. Which one that is, only the child sees.</param>
    private static void MaskDirectory(RootOperations root, Argument target, Argument empty, string path)
    {
        var operations = root.Operations;
        var first = operations.Count;
        operations.Add(OperationKind.SkipIfZero, "skip", path, null, empty, 0);
        root.BindAt(empty, target, false, path);
        var done = operations.Count;
        operations.Add(OperationKind.SkipIfZero, "skip", path, null, 0, 0);
        operations[first].B = operations.Count - first - 1;
        root.MountAt(target, "tmpfs", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "nr_blocks=1,nr_inodes=1", path);
        root.Open(path, into: empty);
        operations[done].B = operations.Count - done - 1;
    }

    /// <summary>Binds each on itself, read-only with all that is mounted below.</summary>
    public static void MakeReadOnly(RootOperations root, IReadOnlyList<string>? paths)
    {
        var operations = root.Operations;
        foreach (var path in (paths ?? []).Distinct(StringComparer.Ordinal))
        {
            var open = operations.Count;
            var target = root.Open(path, skipWhenMissing: 0);
            if (root.HasMountDescriptors)
            {
                var tree = root.CloneTree(target, true, path);
                root.SetAttributes(tree, 1, 0, 0, true, path);
                root.Attach(tree, target, path);
                root.Close(tree);
            }
            else
            {
                root.BindAt(target, target, true, path);

                // procfs and sysfs are mounted so by every engine; a remount that left these out would drop them.
                var mounted = root.Open(path);
                root.ChangeAt(mounted, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, path);
                root.Close(mounted);
            }

            root.Close(target);
            operations[open].SkipWhenTolerated = (short)(operations.Count - open - 1);
        }
    }
}
