namespace Devoxx.Oci;

/// <summary>An OCI runtime that is not ours (<c>runtime: runc</c> in a stack file), and how it is called. What is said here of one runtime alone is the only difference between them.</summary>
/// <param name="Path">The executable, absolute.</param>
/// <param name="Root">The directory that it keeps its state in: one directory for each container, named by its id.</param>
public sealed record ForeignRuntime(string Path, string Root)
{
    /// <summary>What messages call it.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>
    /// It can be told to leave cgroups alone: then it is started inside the container's, and hands it down. crun can, and must be: it refuses a host
    /// that has both versions, and for the devices of version 2 it demands CAP_SYS_RESOURCE, though a container's cgroup is made by then.
    /// </summary>
    public bool LeavesCgroups => Name.Contains("crun", StringComparison.Ordinal);

    /// <summary>Its command line: its own name, its global options, then a verb with what belongs to that.</summary>
    /// <param name="log">The file that it is to write errors to, one JSON object a line; null: none.</param>
    public IReadOnlyList<string> Command(string? log, params IReadOnlyList<string> verb) =>
    [
        Name, "--root", Root,
        .. log is null ? [] : new[] { "--log", log, "--log-format", "json" },
        .. LeavesCgroups ? new[] { "--cgroup-manager=disabled" } : [],
        .. verb,
    ];

    /// <summary>Where the bundle that it is given lies: inside of ours.</summary>
    public static string BundleIn(string bundle) => bundle + "/oci";
}
