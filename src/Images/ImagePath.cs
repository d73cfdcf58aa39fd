namespace Devoxx.Images;

/// <summary>What kind of place an image is in, by the names of containers-transports(5).</summary>
public enum ImagePathKind
{
    /// <summary>A tar as `docker save` writes it.</summary>
    DockerArchive,

    /// <summary>An OCI layout in a tar.</summary>
    OciArchive,

    /// <summary>An OCI layout in a directory.</summary>
    OciLayout,
}

/// <summary>An image by its place in the file system: <c>docker-archive:FILE[:NAME]</c>, <c>oci-archive:FILE[:NAME]</c>, <c>oci:DIRECTORY[:NAME]</c>.</summary>
/// <param name="Path">As written; relative to whoever names it.</param>
/// <param name="Name">Which of several images; null for the only one, or all.</param>
public sealed record ImagePath(ImagePathKind Kind, string Path, string? Name)
{
    /// <returns>Null when the text has none of the three prefixes, and so is something else.</returns>
    /// <exception cref="ImageException">A prefix, and no path.</exception>
    public static ImagePath? TryParse(string text)
    {
        var (kind, prefix) = text switch
        {
            _ when text.StartsWith("docker-archive:", StringComparison.Ordinal) => (ImagePathKind.DockerArchive, "docker-archive:"),
            _ when text.StartsWith("oci-archive:", StringComparison.Ordinal) => (ImagePathKind.OciArchive, "oci-archive:"),
            _ when text.StartsWith("oci:", StringComparison.Ordinal) => (ImagePathKind.OciLayout, "oci:"),
            _ => (default, ""),
        };
        if (prefix.Length == 0)
        {
            return null;
        }

        // The path ends at the first colon, as paths with colons cannot be named so anyway.
        var rest = text[prefix.Length..];
        var colon = rest.IndexOf(':');
        var (path, name) = colon < 0 ? (rest, null) : (rest[..colon], rest[(colon + 1)..]);
        return path.Length > 0 && name != "" ? new ImagePath(kind, path, name)
            : throw new ImageException($"'{text}': expected {prefix}PATH or {prefix}PATH:NAME");
    }

    public override string ToString() =>
        (Kind switch { ImagePathKind.DockerArchive => "docker-archive:", ImagePathKind.OciArchive => "oci-archive:", _ => "oci:" }) + Path + (Name is null ? "" : ":" + Name);
}
