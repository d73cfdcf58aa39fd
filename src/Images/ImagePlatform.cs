using System.Runtime.InteropServices;

namespace Devoxx.Images;

/// <summary>What an image is made for (image-spec, image-index.md), in Go's names: <c>linux/arm64/v8</c>.</summary>
public sealed record ImagePlatform(string Os, string Architecture, string? Variant = null)
{
    /// <summary>The platform of this machine.</summary>
    public static ImagePlatform Host { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => new("linux", "amd64"),
        System.Runtime.InteropServices.Architecture.X86 => new("linux", "386"),
        System.Runtime.InteropServices.Architecture.Arm64 => new("linux", "arm64", "v8"),
        System.Runtime.InteropServices.Architecture.Arm => new("linux", "arm", "v7"),
        var other => new("linux", other.ToString().ToLowerInvariant()),
    };

    /// <summary>Reads <c>os/arch[/variant]</c>, <c>arch</c> alone, and the common other names (<c>x86_64</c>, <c>aarch64</c>), as containerd does.</summary>
    /// <exception cref="ImageException">Neither.</exception>
    public static ImagePlatform Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length > 3 || parts.Any(part => part.Length == 0))
        {
            throw new ImageException($"invalid platform '{text}': expected os/architecture[/variant], e.g. linux/arm64");
        }

        return parts.Length switch
        {
            1 => Normalise("linux", parts[0], null),
            2 => Normalise(parts[0], parts[1], null),
            _ => Normalise(parts[0], parts[1], parts[2]),
        };
    }

    /// <summary>Other spellings made one: <c>x86_64</c> is <c>amd64</c>, <c>arm64</c> without variant is <c>v8</c>.</summary>
    public static ImagePlatform Normalise(string os, string architecture, string? variant) => (architecture.ToLowerInvariant(), variant) switch
    {
        ("x86_64" or "x86-64" or "amd64", "v1" or "" or null) => new(os.ToLowerInvariant(), "amd64"),
        ("x86_64" or "x86-64" or "amd64", _) => new(os.ToLowerInvariant(), "amd64", variant),
        ("i386" or "i686" or "386", _) => new(os.ToLowerInvariant(), "386"),
        ("aarch64" or "arm64", "8" or "v8" or "" or null) => new(os.ToLowerInvariant(), "arm64", "v8"),
        ("armhf", _) => new(os.ToLowerInvariant(), "arm", "v7"),
        ("armel", _) => new(os.ToLowerInvariant(), "arm", "v6"),
        ("arm", "" or null) => new(os.ToLowerInvariant(), "arm", "v7"),
        ("arm", "5" or "6" or "7" or "8") => new(os.ToLowerInvariant(), "arm", "v" + variant),
        (var other, "" or null) => new(os.ToLowerInvariant(), other),
        (var other, _) => new(os.ToLowerInvariant(), other, variant),
    };

    /// <summary>
    /// How well an image for <paramref name="offered"/> runs where this is wanted: 0 exactly, more is worse, null not at all. An older variant runs on a
    /// newer machine (arm v6 on v7; amd64 on amd64/v3), never the other way round.
    /// </summary>
    public int? Distance(ImagePlatform offered)
    {
        if (offered.Os != Os || offered.Architecture != Architecture)
        {
            return null;
        }

        var (wanted, has) = (Number(Variant), Number(offered.Variant));
        return wanted == has ? 0 : has < wanted ? wanted - has : null;

        int Number(string? variant) => variant is ['v', var digit] && char.IsAsciiDigit(digit) ? digit - '0' : Architecture == "amd64" ? 1 : 0;
    }

    public override string ToString() => Os + "/" + Architecture + (Variant is null ? "" : "/" + Variant);
}
