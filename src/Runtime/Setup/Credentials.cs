using Devoxx.Native;
using Devoxx.Native.Capabilities;
using Devoxx.Oci;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>The operations that give up what the command shall not have: limits, identities, capabilities, in the order the kernel allows.</summary>
internal static unsafe class Credentials
{
    /// <param name="held">What this process has: more cannot be given, and asking for it would fail as a whole.</param>
    /// <param name="personality">Null: the caller's.</param>
    /// <param name="loadFilter">Appends the loading of the filter: while we may still do so, which with no_new_privs is until the end.</param>
    public static void Build(OperationList operations, Process process, CapabilitySets held, Personality? personality, Action loadFilter)
    {
        ProcessAttributes.Build(operations, process, personality);
        if (!process.NoNewPrivileges)
        {
            loadFilter();
        }

        foreach (var limit in process.Rlimits ?? [])
        {
            var values = (ulong*)operations.Allocate(2 * sizeof(ulong));
            values[0] = limit.Soft;
            values[1] = limit.Hard;
            operations.Syscall(
                Nr.prlimit64, "setrlimit", limit.Type, $"soft {Rlimits.Text(limit.Soft)}, hard {Rlimits.Text(limit.Hard)}", 0, Rlimits.Number(limit.Type), values);
        }

        // Without any it has none, as every runtime has it: what it got by an omission would be all that we have.
        var capabilities = CapabilityChoice.Of(process.Capabilities ?? new LinuxCapabilities(), held);
        DropBounding(operations, capabilities.Bounding);

        // Otherwise the change of user would clear the permitted set before the last step can choose from it.
        operations.Syscall(Nr.prctl, "prctl", null, "PR_SET_KEEPCAPS", PR_SET_KEEPCAPS, 1);
        SetUser(operations, process.User);
        SetCapabilities(operations, capabilities);

        if (process.NoNewPrivileges)
        {
            operations.Syscall(Nr.prctl, "prctl", null, "PR_SET_NO_NEW_PRIVS", PR_SET_NO_NEW_PRIVS, 1);
        }
    }

    // All supplementary groups are replaced, also by none: those of the caller must not survive (CVE-2022-36109).
    private static void SetUser(OperationList operations, User user)
    {
        var groups = user.AdditionalGids ?? [];
        var list = (uint*)operations.Allocate(Math.Max(1, groups.Count) * sizeof(uint));
        for (var i = 0; i < groups.Count; i++)
        {
            list[i] = groups[i];
        }

        var (uid, gid) = ((nint)user.Uid, (nint)user.Gid);
        // Who is no root gives setgroups(2) up to be allowed to map its group at all (user_namespaces(7)); groups that are asked for are refused then.
        operations.Syscall(Nr.setgroups, "setgroups", string.Join(',', groups), null, groups.Count, list)
            .Tolerate(groups.Count == 0 && !Environment.IsPrivilegedProcess ? EPERM : 0);
        operations.Syscall(Nr.setresgid, "setgid", user.Gid.ToString(), null, gid, gid, gid);
        operations.Syscall(Nr.setresuid, "setuid", user.Uid.ToString(), null, uid, uid, uid);
    }

    private static void DropBounding(OperationList operations, ulong bounding)
    {
        for (var capability = 0; capability < Capability.Count; capability++)
        {
            if ((bounding & (1UL << capability)) == 0)
            {
                // EINVAL: a capability that this kernel does not have yet.
                operations.Syscall(
                    Nr.prctl, "prctl", Capability.Name(capability), "PR_CAPBSET_DROP", PR_CAPBSET_DROP, capability).Tolerate(EINVAL);
            }
        }
    }

    private static void SetCapabilities(OperationList operations, CapabilityChoice choice)
    {
        var header = (uint*)operations.Allocate(8);
        header[0] = CapabilitySets.Version3;
        var data = (uint*)operations.Allocate(24);
        var (permitted, effective, inheritable) = (choice.Permitted, choice.Effective, choice.Inheritable);
        (data[0], data[1], data[2]) = ((uint)effective, (uint)permitted, (uint)inheritable);
        (data[3], data[4], data[5]) = ((uint)(effective >> 32), (uint)(permitted >> 32), (uint)(inheritable >> 32));
        operations.Syscall(Nr.capset, "capset", $"permitted {permitted:x}, effective {effective:x}, inheritable {inheritable:x}", null, header, data);
        operations.Syscall(Nr.prctl, "prctl", null, "PR_SET_KEEPCAPS", PR_SET_KEEPCAPS, 0);
        operations.Syscall(Nr.prctl, "prctl", null, "PR_CAP_AMBIENT_CLEAR_ALL", PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL).Tolerate(EINVAL);
        for (var capability = 0; capability < Capability.Count; capability++)
        {
            if ((choice.Ambient & (1UL << capability)) != 0)
            {
                operations.Syscall(
                    Nr.prctl, "prctl", Capability.Name(capability), "PR_CAP_AMBIENT_RAISE", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability);
            }
        }
    }
}
