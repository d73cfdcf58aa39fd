using Devoxx.Native.Capabilities;
using Devoxx.Oci;
using Devoxx.Runtime.CommandLine;

namespace Devoxx.Runtime.Setup;

/// <summary>The capabilities that a process gets, out of those that config.json asks for; what it asks for and does not get is warned about.</summary>
internal sealed record CapabilityChoice(ulong Bounding, ulong Permitted, ulong Effective, ulong Inheritable, ulong Ambient)
{
    /// <summary>What the root of a user namespace has in it, whoever made it (user_namespaces(7)).</summary>
    public static CapabilitySets OfNamespaceRoot { get; } = new(Capability.All, Capability.All, 0);

    /// <param name="held">What we have: more cannot be given, and asking for it would fail as a whole.</param>
    public static CapabilityChoice Of(LinuxCapabilities sets, CapabilitySets held)
    {
        var unknown = new SortedSet<string>(StringComparer.Ordinal);
        var bounding = Numbers(sets.Bounding, unknown);
        var permitted = Available(Numbers(sets.Permitted, unknown), held.Permitted, unknown);
        var effective = Numbers(sets.Effective, unknown) & permitted;
        var inheritable = Available(Numbers(sets.Inheritable, unknown), held.Permitted, unknown);
        var ambient = Numbers(sets.Ambient, unknown);
        if (unknown.Count > 0)
        {
            Failure.Warn($"ignoring unknown or unavailable capabilities: {string.Join(' ', unknown)}");
        }

        foreach (var name in Names(ambient & ~(permitted & inheritable)))
        {
            Failure.Warn($"can't raise ambient capability {name}: it is not both permitted and inheritable");
        }

        return new CapabilityChoice(bounding, permitted, effective, inheritable, ambient & permitted & inheritable);
    }

    private static ulong Available(ulong wanted, ulong held, SortedSet<string> missing)
    {
        missing.UnionWith(Names(wanted & ~held));
        return wanted & held;
    }

    private static ulong Numbers(IReadOnlyList<string>? names, SortedSet<string> unknown)
    {
        var set = 0UL;
        foreach (var name in names ?? [])
        {
            if (Capability.Parse(name) is { } number)
            {
                set |= 1UL << number;
            }
            else
            {
                unknown.Add(name);
            }
        }

        return set;
    }

    private static IEnumerable<string> Names(ulong set)
    {
        for (var i = 0; i < Capability.Count; i++)
        {
            if ((set & (1UL << i)) != 0)
            {
                yield return Capability.Name(i);
            }
        }
    }
}
