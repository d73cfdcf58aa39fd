using System.Text;
using Devoxx.Images.Trees;
using Devoxx.Native;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Devoxx.Supervisor.Copying;

/// <summary>A tree that is copied from or to, the host's or a container's: paths are resolved inside its root by the kernel, links and all.</summary>
/// <param name="root">Stays the caller's.</param>
/// <param name="name">For messages: <c>web-1:</c>, or nothing.</param>
internal sealed class CopyPlace(DirectoryFd root, string name)
{
    private const int Enoent = 2;
    private const int Enotdir = 20;

    public DirectoryFd Root => root;

    /// <summary>What is at a path, links followed.</summary>
    public CopyKind KindOf(string path) => KindOf(path, O_PATH);

    /// <summary>What is at a path, the last link not followed.</summary>
    public CopyKind KindOfItself(string path) => KindOf(path, O_PATH | O_NOFOLLOW);

    public bool IsLink(string path)
    {
        using var file = TryOpen(path, O_PATH | O_NOFOLLOW);
        return file is not null && FileStatus.Of(file).IsSymbolicLink;
    }

    public IOException NotThere(string path) => new($"{name}{path}: no such file or directory");

    /// <summary>Hands out what is at a path, under a name of its own.</summary>
    /// <param name="asName">Empty: what a directory holds, without itself.</param>
    /// <param name="follow">The thing a link leads to, in place of the link.</param>
    public void Walk(CopyPath path, string asName, bool follow, TreeWalker walker)
    {
        var target = Encoding.UTF8.GetBytes(asName);
        var kind = follow || path.IsDirectory || path.IsContent || path.IsRoot ? KindOf(path.Full) : KindOfItself(path.Full);
        switch (kind)
        {
            case CopyKind.Missing:
                throw NotThere(path.Full);
            case CopyKind.Directory:
                using (var directory = OpenDirectory(path.Full))
                {
                    if (asName.Length == 0)
                    {
                        walker.Children(directory, []);
                    }
                    else
                    {
                        walker.Directory(directory, target);
                    }
                }

                break;
            case CopyKind.Other when follow && IsLink(path.Full):
                using (var file = OpenRegular(path.Full))
                {
                    walker.File(file, target);
                }

                break;
            default:
                using (var parent = OpenDirectory(path.Parent))
                {
                    walker.Entry(parent, Encoding.UTF8.GetBytes(path.Name), target);
                }

                break;
        }
    }

    public DirectoryFd OpenDirectory(string path) =>
        root.OpenDirectoryInRoot(Encoding.UTF8.GetBytes(path), out var errno) ?? throw new LinuxException("openat2", errno, name + path, "O_DIRECTORY|RESOLVE_IN_ROOT");

    /// <summary>An existing regular file for writing, links followed.</summary>
    public SafeFileHandle OpenToOverwrite(string path) => Regular(path, O_WRONLY);

    private SafeFileHandle OpenRegular(string path) => Regular(path, O_RDONLY);

    /// <summary>Not blocking, should it have become a fifo meanwhile.</summary>
    private SafeFileHandle Regular(string path, int flags)
    {
        var fd = root.OpenInRoot(Encoding.UTF8.GetBytes(path), flags | O_NONBLOCK | O_NOCTTY);
        if (fd < 0)
        {
            throw new LinuxException("openat2", -fd, name + path, "RESOLVE_IN_ROOT");
        }

        var handle = new SafeFileHandle(fd, ownsHandle: true);
        if (FileStatus.Of(handle).IsRegular)
        {
            return handle;
        }

        handle.Dispose();
        throw new IOException($"{name}{path} is no regular file");
    }

    private CopyKind KindOf(string path, int flags)
    {
        using var file = TryOpen(path, flags);
        return file is null ? CopyKind.Missing : FileStatus.Of(file).IsDirectory ? CopyKind.Directory : CopyKind.Other;
    }

    private SafeFileHandle? TryOpen(string path, int flags)
    {
        var fd = root.OpenInRoot(Encoding.UTF8.GetBytes(path), flags);
        return fd switch
        {
            >= 0 => new SafeFileHandle(fd, ownsHandle: true),
            -Enoent or -Enotdir => null,
            _ => throw new LinuxException("openat2", -fd, name + path, "RESOLVE_IN_ROOT"),
        };
    }
}
