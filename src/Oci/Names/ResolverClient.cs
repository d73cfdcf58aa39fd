using System.Collections.Immutable;

namespace Devoxx.Oci.Names;

/// <summary>
/// A network namespace that names are resolved in, as the supervisor writes it for <c>devoxx-runtime resolver</c>:
/// <c>&lt;directory&gt;/containers/&lt;container id&gt;.json</c>. Once queries are answered there, <see cref="ResolverAnswer"/> says so.
/// </summary>
public sealed record ResolverClient
{
    public required string ContainerId { get; init; }

    /// <summary>Anything that is another at each run of the container; the answer repeats it.</summary>
    public required string Run { get; init; }

    /// <summary>The namespace: <c>/proc/1234/ns/net</c>, or a descriptor of the supervisor's, <c>/proc/99/fd/7</c>.</summary>
    public required string NamespacePath { get; init; }

    /// <summary>Process that <see cref="NamespacePath"/> belongs to.</summary>
    public required int Pid { get; init; }

    /// <summary>Its start time in clock ticks after boot: should its pid mean another process now, the path is not opened.</summary>
    public required ulong StartTime { get; init; }

    /// <summary>Names of the networks that the container is on, those first whose names go first.</summary>
    public ImmutableArray<string> Networks { get => field.IsDefault ? [] : field; init; }

    public ImmutableArray<ResolverLink> Links { get => field.IsDefault ? [] : field; init; }

    /// <summary>Addresses to ask in place of the host's resolvers, from within the container's namespace.</summary>
    public ImmutableArray<string> Servers { get => field.IsDefault ? [] : field; init; }
}

/// <summary>A name that this container only has for others.</summary>
/// <param name="Project">Of <paramref name="Service"/>.</param>
/// <param name="Service">Null: a single container is meant.</param>
/// <param name="Container">Its name or id; null: a service is meant.</param>
public sealed record ResolverLink(string Alias, string? Project = null, string? Service = null, string? Container = null);

/// <summary>The resolver's word on a client: <c>&lt;directory&gt;/served/&lt;container id&gt;.json</c>.</summary>
/// <param name="Run">Of the <see cref="ResolverClient"/>.</param>
/// <param name="Error">Why names are not resolved there; null: they are, at 127.0.0.11.</param>
public sealed record ResolverAnswer(string Run, string? Error = null);

/// <summary>The resolver that serves a directory.</summary>
/// <param name="StartTime">Clock ticks after boot.</param>
public sealed record ResolverProcessRecord(int Pid, ulong StartTime, string BootId);
