using System.Collections.Immutable;
using Devoxx.Native.Files;

namespace Devoxx.Images.Layers;

/// <summary>
/// A layer may have <c>tmp/x</c> without <c>tmp</c>. As overlayfs takes a directory's attributes from the topmost layer that has it, the made-up <c>tmp</c>
/// would take the sticky bit from /tmp; so it is given the attributes that the layers below show.
/// </summary>
internal static class ImplicitDirectories
{
    private static readonly byte[] Current = "."u8.ToArray();

    /// <param name="below">Base first.</param>
    public static void Inherit(string layer, IEnumerable<byte[]> paths, ImmutableArray<string> below)
    {
        using var root = DirectoryFd.Open(layer);
        using var view = LayerView.Open(below);
        Span<byte> value = stackalloc byte[4096];
        foreach (var path in paths)
        {
            using var original = view.OpenDirectory(path);
            using var made = root.OpenDirectoryInRoot(path, out _);
            if (original is null || made is null)
            {
                continue;
            }

            var from = original.Parts[0];
            LayerUnpacker.Check(from.Stat(Current, out var status), "statx", path);
            LayerUnpacker.Check(made.ChangeOwner(Current, status.Uid, status.Gid), "fchownat", path);
            LayerUnpacker.Check(made.ChangeMode(Current, status.Mode & 0xfff), "fchmodat", path);
            foreach (ReadOnlySpan<byte> attribute in (byte[][])["system.posix_acl_access"u8.ToArray(), "system.posix_acl_default"u8.ToArray()])
            {
                if (from.GetXattr(Current, attribute, value) is > 0 and var length)
                {
                    LayerUnpacker.Check(made.SetXattr(Current, attribute, value[..length]), "lsetxattr", path);
                }
            }

            LayerUnpacker.Check(made.SetTimes(Current, status.Modified, status.Modified), "utimensat", path);
        }
    }
}
