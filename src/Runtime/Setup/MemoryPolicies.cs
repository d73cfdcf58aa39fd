using Devoxx.Native;
using Devoxx.Oci;

namespace Devoxx.Runtime.Setup;

/// <summary>From which nodes of a NUMA machine a process gets its memory (set_mempolicy(2)).</summary>
internal static unsafe class MemoryPolicies
{
    /// <summary>Which nodes are allowed is the cgroup's to say, so it comes after that has been joined.</summary>
    public static void Set(OperationList operations, MemoryPolicy? policy)
    {
        if (policy is null)
        {
            return;
        }

        var mode = ModeOf(policy.Mode) | FlagsOf(policy.Flags);
        nint mask = 0, bits = 0;
        if (policy.Nodes is { Length: > 0 } nodes)
        {
            // The kernel takes as many as it was built for, 1024 at most, and counts from one.
            const int Largest = 1024;
            mask = operations.Allocate(CpuList.MaskBytes);
            try
            {
                CpuList.Parse(nodes, new Span<byte>((void*)mask, CpuList.MaskBytes));
            }
            catch (SetupException e)
            {
                throw new SetupException($"invalid memory policy node: linux.memoryPolicy.nodes '{nodes}' is no list of nodes, such as 0-3,7", e.Kind);
            }

            bits = Largest + 1;
            if (new Span<byte>((void*)mask, CpuList.MaskBytes)[(Largest / 8)..].IndexOfAnyExcept((byte)0) >= 0)
            {
                throw new SetupException($"linux.memoryPolicy.nodes '{nodes}': there is no node above {Largest - 1}");
            }
        }

        RequireNodes(policy, new Span<byte>((void*)mask, mask == 0 ? 0 : CpuList.MaskBytes));
        operations.Syscall(Nr.set_mempolicy, "set_mempolicy", policy.Mode, policy.Nodes, (nint)mode, mask, bits);
    }

    // The kernel's answer, EINVAL, would not say why (set_mempolicy(2)).
    private static void RequireNodes(MemoryPolicy policy, ReadOnlySpan<byte> mask)
    {
        var count = 0;
        foreach (var octet in mask)
        {
            count += System.Numerics.BitOperations.PopCount(octet);
        }

        if (policy.Mode is "MPOL_DEFAULT" or "MPOL_LOCAL" && count > 0)
        {
            throw new SetupException($"linux.memoryPolicy {policy.Mode}: mode requires 0 nodes but got {count} ({policy.Nodes})");
        }
    }

    private static uint ModeOf(string name) => name switch
    {
        "MPOL_DEFAULT" => 0,
        "MPOL_PREFERRED" => 1,
        "MPOL_BIND" => 2,
        "MPOL_INTERLEAVE" => 3,
        "MPOL_LOCAL" => 4,
        "MPOL_PREFERRED_MANY" => 5,
        "MPOL_WEIGHTED_INTERLEAVE" => 6,
        _ => throw new SetupException($"invalid memory policy mode '{name}' in linux.memoryPolicy"),
    };

    private static uint FlagsOf(IReadOnlyList<string>? names)
    {
        uint flags = 0;
        foreach (var name in names ?? [])
        {
            flags |= name switch
            {
                "MPOL_F_STATIC_NODES" => 1u << 15,
                "MPOL_F_RELATIVE_NODES" => 1u << 14,
                "MPOL_F_NUMA_BALANCING" => 1u << 13,
                _ => throw new SetupException($"invalid memory policy flag '{name}' in linux.memoryPolicy"),
            };
        }

        return flags;
    }
}
