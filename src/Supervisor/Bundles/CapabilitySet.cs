using System.Collections.Immutable;
using Devoxx.Supervisor.Containers;

namespace Devoxx.Supervisor.Bundles;

/// <summary>Which capabilities a container has: Docker's default set, with <c>cap_add</c> and <c>cap_drop</c>. Pure.</summary>
internal static class CapabilitySet
{
    /// <summary>Docker's default set, see capabilities(7) for what each allows.</summary>
    private static readonly ImmutableArray<string> Default =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    /// <param name="all">Those that this host can give.</param>
    public static ImmutableArray<string> Of(ContainerSpec spec, ImmutableArray<string> all)
    {
        if (spec.Privileged)
        {
            return all;
        }

        var add = spec.CapAdd.Select(Normalise).ToImmutableHashSet();
        var drop = spec.CapDrop.Select(Normalise).ToImmutableHashSet();
        // As Docker has it: ALL in one list makes the other the exceptions.
        var basis = drop.Contains("CAP_ALL") ? [] : add.Contains("CAP_ALL") ? all : Default;
        var added = drop.Contains("CAP_ALL") && add.Contains("CAP_ALL") ? all : [.. add.Where(c => c != "CAP_ALL").Order(StringComparer.Ordinal)];
        return [.. basis.Concat(added).Distinct().Where(c => add.Contains(c) || !drop.Contains(c))];
    }

    private static string Normalise(string name)
    {
        var upper = name.ToUpperInvariant();
        return upper.StartsWith("CAP_", StringComparison.Ordinal) ? upper : "CAP_" + upper;
    }
}
