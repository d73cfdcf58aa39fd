namespace Devoxx.Oci;

/// <summary>
/// <c>config.json</c> of a bundle: the Linux part of the OCI runtime-spec 1.3. Property names are the specification's in
/// PascalCase; what is absent from the file is null.
/// </summary>
public sealed record RuntimeSpec
{
    public string OciVersion { get; init; } = "1.3.0";

    public Process? Process { get; init; }

    public Root? Root { get; init; }

    public string? Hostname { get; init; }

    public string? Domainname { get; init; }

    /// <summary>In the order in which they are to be made.</summary>
    public IReadOnlyList<Mount>? Mounts { get; init; }

    public Hooks? Hooks { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    public LinuxSpec? Linux { get; init; }
}

/// <summary>The root filesystem; <paramref name="Path"/> is relative to the bundle unless absolute.</summary>
public sealed record Root(string Path, bool Readonly = false);
