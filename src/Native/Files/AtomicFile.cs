using Devoxx.Native.Failpoints;
using static Tmds.Linux.LibC;

namespace Devoxx.Native.Files;

/// <summary>Files that are there whole or not at all, also after a power cut.</summary>
public static unsafe class AtomicFile
{
    /// <summary>Writes a temporary file beside it, syncs, renames it over the name, and syncs the directory.</summary>
    /// <param name="mode">Exactly, whatever the umask.</param>
    /// <param name="durable">False leaves both syncs out: for what need not outlive the machine (files under /run, bundles made anew at each start).</param>
    /// <exception cref="LinuxException">A call failed; the old file is as it was and no temporary one is left.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, uint mode = 0x180, bool durable = true)
    {
        var temporary = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.tmp";
        fixed (byte* from = CPath.Of(temporary))
        fixed (byte* to = CPath.Of(path))
        {
            _ = FileCalls.UnlinkAt(AT_FDCWD, from, 0); // of a process that crashed, whose pid this one has now
            var fd = FileCalls.Open(from, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
            if (fd < 0)
            {
                throw new LinuxException("open", -fd, temporary, "O_CREAT|O_EXCL");
            }

            var failed = "write";
            var status = FileCalls.WriteAll(fd, bytes);
            if (status >= 0)
            {
                (failed, status) = ("fchmod", FileCalls.Result(fchmod(fd, (ushort)mode)));
            }

            if (status >= 0 && durable)
            {
                (failed, status) = ("fsync", FileCalls.Result(fsync(fd)));
            }

            FileCalls.Close(fd);
            if (status >= 0)
            {
                Failpoint.Reach("file.unnamed");
                (failed, status) = ("rename", Renameat.Call(AT_FDCWD, from, AT_FDCWD, to));
            }

            if (status < 0)
            {
                _ = FileCalls.UnlinkAt(AT_FDCWD, from, 0);
                throw new LinuxException(failed, -status, path);
            }
        }

        if (durable)
        {
            SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }

    /// <summary>Makes renames, creations and removals in a directory last.</summary>
    public static void SyncDirectory(string directory)
    {
        fixed (byte* p = CPath.Of(directory))
        {
            var fd = FileCalls.Open(p, O_RDONLY | O_DIRECTORY);
            var status = fd < 0 ? fd : FileCalls.Result(fsync(fd));
            if (fd >= 0)
            {
                FileCalls.Close(fd);
            }

            if (status < 0)
            {
                throw new LinuxException(fd < 0 ? "open" : "fsync", -status, directory);
            }
        }
    }
}
