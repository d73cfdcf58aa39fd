using Devoxx.Native;
using Devoxx.Native.Seccomp;
using Devoxx.Oci;
using OciSeccomp = Devoxx.Oci.Seccomp;

namespace Devoxx.Runtime.Setup;

/// <summary>The system call filter of a container: compiled in the parent, loaded by the child.</summary>
internal static unsafe class SeccompOperations
{
    private const int SECCOMP_SET_MODE_FILTER = 1;

    public static void Load(OperationList operations, OciSeccomp seccomp)
    {
        var program = SeccompFilter.Compile(Action(seccomp.DefaultAction, seccomp.DefaultErrnoRet), Architectures(seccomp), Rules(seccomp));
        var memory = operations.Allocate(program.Length);
        program.CopyTo(new Span<byte>((void*)memory, program.Length));

        // struct sock_fprog: how many instructions, where.
        var header = (nint*)operations.Allocate(2 * sizeof(nint));
        *(ushort*)header = (ushort)(program.Length / 8);
        header[1] = memory;
        operations.Syscall(Nr.seccomp, "seccomp", $"{program.Length / 8} instructions", "SECCOMP_SET_MODE_FILTER", SECCOMP_SET_MODE_FILTER, Flags(seccomp), header);
    }

    /// <summary>Filters end when <see cref="SeccompAction.KillProcess"/> kills: names and values as the specification has them.</summary>
    private static uint Action(string name, uint? errnoRet)
    {
        const uint EPERM = 1;
        return name switch
        {
            "SCMP_ACT_ALLOW" => SeccompAction.Allow,
            "SCMP_ACT_LOG" => SeccompAction.Log,
            "SCMP_ACT_ERRNO" => SeccompAction.Errno(errnoRet ?? EPERM),
            "SCMP_ACT_TRACE" => SeccompAction.Trace(errnoRet ?? EPERM),
            "SCMP_ACT_TRAP" => SeccompAction.Trap,
            "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => SeccompAction.KillThread,
            "SCMP_ACT_KILL_PROCESS" => SeccompAction.KillProcess,
            _ => throw new SetupException($"linux.seccomp: action '{name}' is not supported"),
        };
    }

    private static List<string> Architectures(OciSeccomp seccomp)
    {
        const string Prefix = "SCMP_ARCH_";
        var names = new List<string>();
        foreach (var architecture in seccomp.Architectures ?? [])
        {
            names.Add(architecture.StartsWith(Prefix, StringComparison.Ordinal)
                ? architecture[Prefix.Length..].ToLowerInvariant()
                : throw new SetupException($"linux.seccomp: '{architecture}' is no architecture"));
        }

        return names;
    }

    private static List<SeccompRule> Rules(OciSeccomp seccomp)
    {
        var rules = new List<SeccompRule>();
        foreach (var syscall in seccomp.Syscalls ?? [])
        {
            var comparisons = new List<SeccompComparison>();
            foreach (var argument in syscall.Args ?? [])
            {
                comparisons.Add(new SeccompComparison(argument.Index, Operator(argument.Op), argument.Value, argument.ValueTwo));
            }

            rules.Add(new SeccompRule(syscall.Names, Action(syscall.Action, syscall.ErrnoRet), comparisons));
        }

        return rules;
    }

    private static int Operator(string name) => name switch
    {
        "SCMP_CMP_NE" => 1,
        "SCMP_CMP_LT" => 2,
        "SCMP_CMP_LE" => 3,
        "SCMP_CMP_EQ" => 4,
        "SCMP_CMP_GE" => 5,
        "SCMP_CMP_GT" => 6,
        "SCMP_CMP_MASKED_EQ" => 7,
        _ => throw new SetupException($"linux.seccomp: '{name}' is no comparison"),
    };

    private static int Flags(OciSeccomp seccomp)
    {
        var flags = 0;
        foreach (var flag in seccomp.Flags ?? [])
        {
            flags |= flag switch
            {
                "SECCOMP_FILTER_FLAG_TSYNC" => 0, // of one thread there is nothing to synchronise
                "SECCOMP_FILTER_FLAG_LOG" => 2,
                "SECCOMP_FILTER_FLAG_SPEC_ALLOW" => 4,
                _ => throw new SetupException($"linux.seccomp: flag '{flag}' is not supported"),
            };
        }

        return flags;
    }
}
