using Microsoft.Win32.SafeHandles;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

public static unsafe partial class SafeTree
{
    /// <summary>
    /// Copies what a directory holds into another, which is made when it is missing and takes the owner, mode, times and
    /// extended attributes of the first. Kept: owners, modes, times to the nanosecond, extended attributes, hard links among the copied,
    /// holes, symbolic links as they are, devices and named pipes.
    /// </summary>
    /// <exception cref="MountInTheWayException">Something is mounted below either directory.</exception>
    /// <exception cref="LinuxException">A call failed, EEXIST when a file of that name is there already; part may be copied.</exception>
    public static void Copy(string fromDirectory, string toDirectory)
    {
        using var from = OpenDirectory(fromDirectory);
        Directory.CreateDirectory(toDirectory);
        using var to = OpenDirectory(toDirectory);
        Copy(from, to, fromDirectory, toDirectory);
    }

    /// <summary><see cref="Copy(string, string)"/> between directories already open for reading; the names are for messages.</summary>
    public static void Copy(SafeFileHandle from, SafeFileHandle to, string fromName, string toName) =>
        new CopyRun(FileCalls.Number(to), fromName, toName).Directory(FileCalls.Number(from), FileCalls.Number(to), "");

    /// <summary>A directory of the host, for reading.</summary>
    /// <exception cref="LinuxException">It is not there, or is no directory.</exception>
    public static SafeFileHandle OpenDirectory(string path)
    {
        fixed (byte* p = CPath.Of(path))
        {
            var fd = FileCalls.Open(p, O_RDONLY | O_DIRECTORY);
            Check(fd, "open", path);
            return FileCalls.Own(fd);
        }
    }

    private sealed class CopyRun(int toRoot, string fromName, string toName)
    {
        // Where the first name of an inode with several was copied to.
        private readonly Dictionary<(uint Major, uint Minor, ulong Inode), byte[]> linked = [];

        public void Directory(int from, int to, string path, int depth = 0)
        {
            if (depth > 500)
            {
                throw new LinuxException("openat2", 40, fromName + path); // ELOOP: deeper than descriptors allow
            }

            var entries = new List<Getdents64.Entry>();
            Check(Getdents64.ReadAll(from, entries), "getdents64", fromName + path);
            foreach (var entry in entries)
            {
                fixed (byte* name = entry.Name)
                {
                    Entry(from, to, name, path + "/" + CPath.Show(entry.Name), entry, depth);
                }
            }

            byte empty = 0;
            Check(FileCalls.Statx(from, &empty, AT_EMPTY_PATH, out var source), "statx", fromName + path);
            CopyMetadata.Apply(from, to, source, toName + path);
        }

        private void Entry(int from, int to, byte* name, string path, Getdents64.Entry entry, int depth)
        {
            Check(FileCalls.Statx(from, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, out var source), "statx", fromName + path);
            switch (source.stx_mode & 0xF000)
            {
                case 0x4000:
                    Subdirectory(from, to, name, path, depth);
                    return;
                case var _ when source.stx_nlink > 1 && LinkToCopy(to, name, path, source):
                    return;
                case 0x8000:
                    Regular(from, to, name, path, source);
                    break;
                case 0xA000:
                    Symlink(from, to, name, path);
                    CopyMetadata.ApplyByName(from, to, name, source, toName + path);
                    break;
                default:
                    Node(to, name, path, source);
                    CopyMetadata.ApplyByName(from, to, name, source, toName + path);
                    break;
            }

            if (source.stx_nlink > 1)
            {
                linked.TryAdd((source.stx_dev_major, source.stx_dev_minor, source.stx_ino), CPath.Of(path[1..]));
            }
        }

        private void Subdirectory(int from, int to, byte* name, string path, int depth)
        {
            using var source = FileCalls.Own(Beneath(from, name, O_RDONLY | O_DIRECTORY, fromName, path));
            var made = FileCalls.MkdirAt(to, name, 0x1C0); // 0700 until its owner is set
            if (made != -EEXIST)
            {
                Check(made, "mkdirat", toName + path);
            }

            using var target = FileCalls.Own(Beneath(to, name, O_RDONLY | O_DIRECTORY, toName, path));
            Directory(FileCalls.Number(source), FileCalls.Number(target), path, depth + 1);
        }

        private void Regular(int from, int to, byte* name, string path, in statx source)
        {
            using var read = FileCalls.Own(Beneath(from, name, O_RDONLY, fromName, path));
            var fd = FileCalls.OpenAt(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0x180); // 0600
            Check(fd, "openat", toName + path);
            using var write = FileCalls.Own(fd);
            CopyData.Copy(FileCalls.Number(read), fd, (long)source.stx_size, toName + path);
            CopyMetadata.Apply(FileCalls.Number(read), fd, source, toName + path);
        }

        private void Symlink(int from, int to, byte* name, string path)
        {
            var target = stackalloc byte[4097];
            var length = FileCalls.Result((long)readlinkat(from, name, target, 4096));
            Check(length, "readlinkat", fromName + path);
            target[length] = 0;
            Check(FileCalls.Result(symlinkat(target, to, name)), "symlinkat", toName + path);
        }

        private void Node(int to, byte* name, string path, in statx source)
        {
            // The kernel's encoding of a device number: see makedev(3).
            var device = ((ulong)(source.stx_rdev_major & 0xFFFFF000) << 32) | ((ulong)(source.stx_rdev_major & 0xFFF) << 8)
                | ((ulong)(source.stx_rdev_minor & 0xFFFFFF00) << 12) | (source.stx_rdev_minor & 0xFF);
            Check(FileCalls.Result(mknodat(to, name, (ushort)(source.stx_mode & 0xF000 | 0x180), device)), "mknodat", toName + path);
        }

        private bool LinkToCopy(int to, byte* name, string path, in statx source)
        {
            if (!linked.TryGetValue((source.stx_dev_major, source.stx_dev_minor, source.stx_ino), out var first))
            {
                return false;
            }

            fixed (byte* p = first)
            {
                using var copy = FileCalls.Own(Beneath(toRoot, p, O_PATH, toName, "/" + CPath.Show(first)));
                byte empty = 0;
                Check(FileCalls.Result(linkat(FileCalls.Number(copy), &empty, to, name, AT_EMPTY_PATH)), "linkat", toName + path);
            }

            return true;
        }

        private static int Beneath(int directory, byte* name, int flags, string tree, string path)
        {
            var fd = Openat2.Call(directory, name, flags | O_NOFOLLOW, 0, SafeTree.Beneath | NoSymlinks | NoXdev);
            if (fd == -EXDEV)
            {
                throw new MountInTheWayException(tree, tree + path);
            }

            Check(fd, "openat2", tree + path);
            return fd;
        }
    }
}
