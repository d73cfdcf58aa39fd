using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

public static unsafe partial class SafeTree
{
    // Below this many levels a directory is moved up and deleted from there: a container can nest deeper than there are descriptors.
    private const int MaxDepth = 100;
    private const int Attempts = 20;

    private const int Beneath = 0x08; // RESOLVE_BENEATH
    private const int NoSymlinks = 0x04; // RESOLVE_NO_SYMLINKS
    private const int NoXdev = 0x01; // RESOLVE_NO_XDEV

    /// <summary>Deletes a file, or a directory with all it holds. What is not there is no error.</summary>
    /// <param name="path">Absolute. Its last component is not followed when it is a link: then the link goes.</param>
    /// <exception cref="MountInTheWayException">Something is mounted at or below the path; when it was so from the start, nothing is deleted.</exception>
    /// <exception cref="LinuxException">A call failed; part of the tree may be gone.</exception>
    public static void Delete(string path)
    {
        if (!Path.IsPathFullyQualified(path) || Path.GetFullPath(path) is not { Length: > 1 } full)
        {
            throw new ArgumentException($"{path}: only an absolute path other than / can be deleted", nameof(path));
        }

        full = Path.TrimEndingDirectorySeparator(full);
        fixed (byte* directory = CPath.Of(Path.GetDirectoryName(full)!))
        fixed (byte* name = CPath.Of(Path.GetFileName(full)))
        {
            var parent = FileCalls.Open(directory, O_PATH | O_DIRECTORY);
            if (parent == -ENOENT)
            {
                return;
            }

            Check(parent, "open", full);
            try
            {
                var status = FileCalls.Statx(parent, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, out var found);
                if (status == -ENOENT)
                {
                    return;
                }

                Check(status, "statx", full);
                if (IsDirectory(found))
                {
                    if (MountBelow(RealPath(parent, full)) is { } mountPoint)
                    {
                        throw new MountInTheWayException(full, mountPoint);
                    }

                    new Deletion(full).Run(parent, name);
                }
                else
                {
                    CheckRemoval(FileCalls.UnlinkAt(parent, name, 0), "unlinkat", full, full);
                }
            }
            finally
            {
                FileCalls.Close(parent);
            }
        }
    }

    private static bool IsDirectory(in statx found) => (found.stx_mode & 0xF000) == 0x4000;

    /// <summary>The path as the mount table writes it: links in the parents resolved.</summary>
    private static string RealPath(int parent, string path)
    {
        var buffer = stackalloc byte[4096];
        fixed (byte* link = CPath.Of($"/proc/self/fd/{parent}"))
        {
            var length = FileCalls.Result((long)readlinkat(AT_FDCWD, link, buffer, 4096));
            Check(length, "readlinkat", path);
            var directory = System.Text.Encoding.UTF8.GetString(buffer, (int)length);
            return Path.Join(directory, Path.GetFileName(path));
        }
    }

    private static void Check(long result, string syscall, string subject)
    {
        if (result < 0)
        {
            throw new LinuxException(syscall, (int)-result, subject);
        }
    }

    /// <summary>ENOENT is success (somebody else removed it); EBUSY and EXDEV say that a mount is in the way.</summary>
    private static void CheckRemoval(int result, string syscall, string tree, string subject)
    {
        if (result is -16 or -18)
        {
            throw new MountInTheWayException(tree, subject);
        }

        if (result < 0 && result != -2)
        {
            throw new LinuxException(syscall, -result, subject);
        }
    }

    private sealed class Deletion(string tree)
    {
        private int hoisted;

        public void Run(int parent, byte* name)
        {
            var root = Openat2.Call(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, Beneath | NoSymlinks | NoXdev);
            CheckRemoval(root, "openat2", tree, tree);
            if (root < 0)
            {
                return;
            }

            try
            {
                Empty(root, root, tree, depth: 0);
                // What was too deep has been moved up into the root meanwhile.
                for (var seen = 0; seen != hoisted;)
                {
                    seen = hoisted;
                    Check(lseek(root, 0, SEEK_SET), "lseek", tree);
                    Empty(root, root, tree, depth: 0);
                }
            }
            finally
            {
                FileCalls.Close(root);
            }

            CheckRemoval(FileCalls.UnlinkAt(parent, name, AT_REMOVEDIR), "unlinkat", tree, tree);
        }

        private void Empty(int directory, int root, string shown, int depth)
        {
            var entries = new List<Getdents64.Entry>();
            Check(Getdents64.ReadAll(directory, entries), "getdents64", shown);
            foreach (var entry in entries)
            {
                fixed (byte* name = entry.Name)
                {
                    Remove(directory, root, name, entry, shown, depth);
                }
            }
        }

        // What the entry was when it was read, it need not be any more: whoever can write to the tree may go on doing so.
        private void Remove(int directory, int root, byte* name, Getdents64.Entry entry, string shown, int depth)
        {
            var path = shown + "/" + CPath.Show(entry.Name);
            var isDirectory = entry.Type is Getdents64.Directory or Getdents64.Unknown;
            for (var attempt = 0; ; attempt++)
            {
                var status = isDirectory ? RemoveDirectory(directory, root, name, path, depth) : FileCalls.UnlinkAt(directory, name, 0);
                switch (status)
                {
                    case -21 when attempt < Attempts: // EISDIR
                        isDirectory = true;
                        break;
                    case -20 or -40 when attempt < Attempts: // ENOTDIR; ELOOP: a link
                        isDirectory = false;
                        break;
                    case -39 when attempt < Attempts: // ENOTEMPTY: something was added
                        break;
                    default:
                        CheckRemoval(status, "unlinkat", tree, path);
                        return;
                }
            }
        }

        /// <returns>0, or the negative errno of opening or of removing it.</returns>
        private int RemoveDirectory(int directory, int root, byte* name, string path, int depth)
        {
            var child = Openat2.Call(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, Beneath | NoSymlinks | NoXdev);
            if (child < 0)
            {
                return child;
            }

            try
            {
                if (depth >= MaxDepth)
                {
                    hoisted++;
                    fixed (byte* up = CPath.Of($".devoxx-delete-{Guid.NewGuid():N}"))
                    {
                        return Renameat.Call(directory, name, root, up);
                    }
                }

                Empty(child, root, path, depth + 1);
            }
            finally
            {
                FileCalls.Close(child);
            }

            return FileCalls.UnlinkAt(directory, name, AT_REMOVEDIR);
        }
    }
}
