using System.Collections.Immutable;
using System.Text;
using Devoxx.Native;
using Devoxx.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Devoxx.Images.Layers;

/// <summary>
/// What overlayfs would show of some layers, without mounting them: the union of their directories, whiteouts and opaque directories respected, and links
/// resolved inside the union as the container would, however they are made. Nothing outside the layers can be reached.
/// </summary>
public sealed class LayerView : IDisposable
{
    private const int MostLinks = 40;
    private readonly MergedDirectory _root;

    private LayerView(MergedDirectory root) => _root = root;

    /// <param name="layerDirectories">Base first.</param>
    /// <exception cref="LinuxException">A layer cannot be opened.</exception>
    public static LayerView Open(ImmutableArray<string> layerDirectories)
    {
        var parts = new List<DirectoryFd>(layerDirectories.Length);
        try
        {
            for (var i = layerDirectories.Length - 1; i >= 0; i--)
            {
                parts.Add(DirectoryFd.Open(layerDirectories[i]));
            }

            return new LayerView(new MergedDirectory(parts));
        }
        catch
        {
            parts.ForEach(part => part.Dispose());
            throw;
        }
    }

    public void Dispose() => _root.Dispose();

    /// <summary>A regular file for reading, links followed inside the view; null when there is nothing of this name.</summary>
    /// <exception cref="ImageException">It is something else (a device or fifo could block, or be the host's), or its links go in circles.</exception>
    public SafeFileHandle? OpenRegularFile(string path)
    {
        using var found = Walk(Encoding.UTF8.GetBytes(path));
        if (found is null)
        {
            return null;
        }

        if (found.Directory is not null || !found.Status.IsRegular)
        {
            throw new ImageException($"{path} in the image is no regular file");
        }

        return MergedDirectory.OpenFile(found.Part!, found.Name, path);
    }

    /// <summary>A directory of the view; null when there is nothing of this name, or it is no directory.</summary>
    internal MergedDirectory? OpenDirectory(ReadOnlySpan<byte> path)
    {
        using var found = Walk(path);
        return found?.TakeDirectory();
    }

    /// <summary>Resolves every component, links included; null where something is missing.</summary>
    private Found? Walk(ReadOnlySpan<byte> path)
    {
        var stack = new Stack<MergedDirectory>();
        try
        {
            var rest = new Stack<byte[]>();
            Push(rest, path);
            var target = new byte[4096];
            var links = 0;
            while (rest.TryPop(out var name))
            {
                if (name.AsSpan().SequenceEqual(".."u8))
                {
                    if (stack.TryPop(out var left))
                    {
                        left.Dispose();
                    }

                    continue;
                }

                var current = stack.TryPeek(out var top) ? top : _root;
                var entry = current.Find(name);
                if (entry is null)
                {
                    return null;
                }

                if (entry.Directory is { } directory)
                {
                    stack.Push(directory);
                }
                else if (entry.Status.IsSymbolicLink)
                {
                    if (++links > MostLinks)
                    {
                        throw new ImageException($"{LayerPath.Show(path)} in the image: {Errno.Text(40)}");
                    }

                    var length = entry.Part!.ReadLink(name, target);
                    if (length < 0)
                    {
                        throw new LinuxException("readlinkat", -length, LayerPath.Show(path));
                    }

                    if (length > 0 && target[0] == '/')
                    {
                        Clear(stack);
                    }

                    Push(rest, target.AsSpan(0, length));
                }
                else
                {
                    // Only the last component may be something else; the part belongs to the directory, which is kept until the file is open.
                    return rest.Count > 0 ? null : new Found(null, entry.Part, name, entry.Status, stack.TryPop(out var holder) ? holder : null);
                }
            }

            return new Found(stack.TryPop(out var last) ? last : _root.Duplicate(), null, [], default, null);
        }
        finally
        {
            Clear(stack);
        }
    }

    private static void Clear(Stack<MergedDirectory> stack)
    {
        while (stack.TryPop(out var directory))
        {
            directory.Dispose();
        }
    }

    private static void Push(Stack<byte[]> rest, ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            var slash = path.LastIndexOf((byte)'/');
            var name = path[(slash + 1)..];
            if (!name.IsEmpty && !name.SequenceEqual("."u8))
            {
                rest.Push(name.ToArray());
            }

            path = slash < 0 ? [] : path[..slash];
        }
    }

    private sealed record Found(MergedDirectory? Directory, DirectoryFd? Part, byte[] Name, FileStatus Status, MergedDirectory? Holder) : IDisposable
    {
        private MergedDirectory? _directory = Directory;

        public MergedDirectory? TakeDirectory()
        {
            var taken = _directory;
            _directory = null;
            return taken;
        }

        public void Dispose()
        {
            _directory?.Dispose();
            Holder?.Dispose();
        }
    }
}
