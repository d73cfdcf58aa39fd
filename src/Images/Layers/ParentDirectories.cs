using System.Text;
using Devoxx.Native;
using Devoxx.Native.Files;

namespace Devoxx.Images.Layers;

/// <summary>
/// Opens the directories that entries go into. A path is resolved by openat2 with the layer as root, so that a link in the layer, relative, absolute or
/// climbing, leads to somewhere in the layer (CVE-2014-6407 and its kin). The last few are kept open: archives go directory by directory.
/// </summary>
internal sealed class ParentDirectories(DirectoryFd root) : IDisposable
{
    private const int Kept = 16;
    private const int Enoent = 2;
    private const int Eexist = 17;

    private readonly List<(byte[] Path, DirectoryFd Directory)> _open = [];

    /// <summary>To be closed at the next call: until then the one that was given out last is in use.</summary>
    private readonly List<DirectoryFd> _forgotten = [];

    /// <summary>In Latin-1, which keeps all bytes apart.</summary>
    private readonly HashSet<string> _implicit = [];

    /// <summary>Directories that were made without an entry of their own.</summary>
    public long Made { get; private set; }

    /// <summary>Directories that no entry named: their attributes are to be those of the layers below.</summary>
    public List<byte[]> Implicit() => [.. _implicit.Order(StringComparer.Ordinal).Select(Encoding.Latin1.GetBytes)];

    /// <summary>An entry has named this directory, after others that lie in it.</summary>
    public void Named(byte[] path)
    {
        if (_implicit.Count > 0)
        {
            _implicit.Remove(Encoding.Latin1.GetString(path));
        }
    }

    public DirectoryFd Root => root;

    /// <summary>The directory of this cleaned path, made where missing. Good until the next call.</summary>
    public DirectoryFd Open(ReadOnlySpan<byte> path)
    {
        CloseForgotten();
        if (path.IsEmpty)
        {
            return root;
        }

        for (var i = _open.Count - 1; i >= 0; i--)
        {
            if (path.SequenceEqual(_open[i].Path))
            {
                return _open[i].Directory;
            }
        }

        var directory = root.OpenDirectoryInRoot(path, out var errno);
        if (directory is null)
        {
            directory = errno == Enoent || IsWhiteoutOnTheWay(path) ? Make(path) : throw Failure(path, errno);
        }

        if (_open.Count == Kept)
        {
            _open[0].Directory.Dispose();
            _open.RemoveAt(0);
        }

        _open.Add((path.ToArray(), directory));
        return directory;
    }

    /// <summary>To be called when a directory or link has gone: kept directories may no longer be what their paths mean.</summary>
    public void Forget()
    {
        _forgotten.AddRange(_open.Select(entry => entry.Directory));
        _open.Clear();
    }

    public void Dispose()
    {
        Forget();
        CloseForgotten();
    }

    private void CloseForgotten()
    {
        _forgotten.ForEach(directory => directory.Dispose());
        _forgotten.Clear();
    }

    private bool IsWhiteoutOnTheWay(ReadOnlySpan<byte> path)
    {
        for (var end = path.Length; end > 0; end = path[..end].LastIndexOf((byte)'/'))
        {
            var (parent, name) = LayerPath.Split(path[..end]);
            using var directory = parent == 0 ? null : root.OpenDirectoryInRoot(path[..parent], out _);
            if ((parent == 0 ? root : directory) is { } holder && holder.Stat(path[name..end], out var status) >= 0)
            {
                return status.IsWhiteout;
            }
        }

        return false;
    }

    /// <summary>Walks down, making what is missing.</summary>
    private DirectoryFd Make(ReadOnlySpan<byte> path)
    {
        DirectoryFd? current = null;
        for (var end = 0; end < path.Length;)
        {
            var start = end == 0 ? 0 : end + 1;
            var next = path[start..].IndexOf((byte)'/');
            end = next < 0 ? path.Length : start + next;
            var opened = root.OpenDirectoryInRoot(path[..end], out var errno);
            if (opened is null)
            {
                var parent = current ?? root;
                var name = path[start..end];
                var hidden = parent.Stat(name, out var status) >= 0 && status.IsWhiteout;
                if (hidden && parent.Unlink(name) is < 0 and var unlinked)
                {
                    throw Failure(path, -unlinked);
                }

                if (parent.MakeDirectory(name, 0b111_101_101) is < 0 and var made)
                {
                    throw Failure(path, made == -Eexist ? errno : -made);
                }

                if (hidden)
                {
                    LayerUnpacker.Check(parent.SetXattr(name, Overlay.Opaque, "y"u8), "lsetxattr", path[..end]);
                }

                Made++;
                _implicit.Add(Encoding.Latin1.GetString(path[..end]));
                opened = root.OpenDirectoryInRoot(path[..end], out errno) ?? throw Failure(path, errno);
            }

            current?.Dispose();
            current = opened;
        }

        return current!;
    }

    private static ImageException Failure(ReadOnlySpan<byte> path, int errno) => new(
        $"the layer has something in {LayerPath.Show(path)}, which is no directory of the layer ({Errno.Name(errno)})");
}
