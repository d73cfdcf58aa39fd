using Devoxx.Native.Files;

namespace Devoxx.Images.Layers;

/// <summary>How overlayfs marks what a layer hides (Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories").</summary>
internal static class Overlay
{
    public static ReadOnlySpan<byte> Opaque => "trusted.overlay.opaque"u8;

    public static bool IsOpaque(DirectoryFd parent, ReadOnlySpan<byte> name)
    {
        Span<byte> value = stackalloc byte[4];
        return parent.GetXattr(name, Opaque, value) == 1 && value[0] == 'y';
    }
}
