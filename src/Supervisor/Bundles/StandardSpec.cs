using System.Collections.Immutable;
using Devoxx.Oci;

namespace Devoxx.Supervisor.Bundles;

/// <summary>
/// A container's <c>config.json</c> for a runtime that is not ours: what only ours understands, said in the words of the specification as of version 1.0, which
/// the runtimes of distributions know. Pure.
/// </summary>
internal static class StandardSpec
{
    /// <summary>Annotations that are meant for <c>devoxx-runtime</c>.</summary>
    private const string OwnAnnotations = "org.devoxx.";

    /// <summary>Where the container finds its init.</summary>
    private const string InitTarget = "/run/devoxx/init";

    /// <param name="own">As <see cref="RuntimeSpecBuilder"/> writes it.</param>
    /// <param name="devices">What the container's cgroup allows: runtimes write the rules anew, and their own would leave out what the service is given.</param>
    /// <param name="init">A small init of the host's; null: the command is process 1.</param>
    public static RuntimeSpec Of(RuntimeSpec own, IReadOnlyList<DeviceRule> devices, string? init = null) => own with
    {
        OciVersion = "1.0.2",
        Process = init is null ? own.Process : own.Process! with { Args = [InitTarget, "--", .. own.Process.Args!] },

        // The overlay is mounted there before the runtime looks.
        Root = own.Root! with { Path = "rootfs" },
        Mounts = [.. (own.Mounts ?? []).Where(mount => mount.Destination != "/"), .. init is null ? [] : new[] { InitMount(init) }],
        Domainname = null,
        Annotations = Annotations(own.Annotations),
        Linux = own.Linux! with
        {
            Sysctl = own.Domainname is { Length: > 0 } domain
                ? (own.Linux.Sysctl ?? ImmutableDictionary<string, string>.Empty).Append(KeyValuePair.Create("kernel.domainname", domain)).ToImmutableSortedDictionary()
                : own.Linux.Sysctl,
            Resources = new LinuxResources { Devices = devices },
        },
    };

    private static ImmutableSortedDictionary<string, string>? Annotations(IReadOnlyDictionary<string, string>? own)
    {
        var left = (own ?? ImmutableSortedDictionary<string, string>.Empty).Where(a => !a.Key.StartsWith(OwnAnnotations, StringComparison.Ordinal)).ToImmutableSortedDictionary();
        return left.IsEmpty ? null : left;
    }

    private static Mount InitMount(string source) =>
        new() { Destination = InitTarget, Type = "bind", Source = source, Options = ["bind", "rprivate", "ro", "nosuid", "nodev"] };
}
