using System.Text;

namespace Devoxx.Images.Layers;

/// <summary>Names of tar entries made plain: no leading, trailing or double slash, no <c>.</c>; <c>..</c> is refused.</summary>
internal static class LayerPath
{
    private const int Longest = 4095;

    /// <returns>The components joined by single slashes; empty for the root itself.</returns>
    /// <exception cref="ImageException">The name climbs, holds a NUL, or is too long for the kernel.</exception>
    public static byte[] Clean(ReadOnlySpan<byte> name)
    {
        if (name.Contains((byte)0))
        {
            throw new ImageException($"the layer has a name with a NUL: {Show(name)}");
        }

        var clean = new byte[name.Length];
        var length = 0;
        foreach (var range in name.Split((byte)'/'))
        {
            var component = name[range];
            if (component.IsEmpty || component.SequenceEqual("."u8))
            {
                continue;
            }

            if (component.SequenceEqual(".."u8))
            {
                throw new ImageException($"the layer has a name that climbs out of its directory: {Show(name)}");
            }

            if (length > 0)
            {
                clean[length++] = (byte)'/';
            }

            component.CopyTo(clean.AsSpan(length));
            length += component.Length;
        }

        return length <= Longest ? clean[..length] : throw new ImageException($"the layer has a name of {length} bytes: {Show(name[..60])}…");
    }

    /// <summary>Directory and last component of a cleaned path.</summary>
    public static (int ParentLength, int NameStart) Split(ReadOnlySpan<byte> clean)
    {
        var slash = clean.LastIndexOf((byte)'/');
        return slash < 0 ? (0, 0) : (slash, slash + 1);
    }

    /// <summary>For messages: names need not be UTF-8, nor harmless to a terminal.</summary>
    public static string Show(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(name);
        return string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
    }
}
