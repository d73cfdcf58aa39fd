using Devoxx.Native.Files;

namespace Devoxx.Images.Layers;

/// <summary>How overlayfs marks what a layer hides (Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories").</summary>
internal static class Overlay
{
    public static ReadOnlySpan<byte> Opaque => "trusted.overlay.opaque"u8;

    /// <summary>Is the content, or part of it, in a layer below under another name? So it is where <c>redirect_dir</c> or <c>metacopy</c> is on.</summary>
    public static bool IsElsewhere(ReadOnlySpan<byte> attribute) => attribute.SequenceEqual("trusted.overlay.redirect"u8) || attribute.SequenceEqual("trusted.overlay.metacopy"u8);

    public static bool IsOpaque(DirectoryFd parent, ReadOnlySpan<byte> name)
    {
        Span<byte> value = stackalloc byte[4];
        return parent.GetXattr(name, Opaque, value) == 1 && value[0] == 'y';
    }
}
