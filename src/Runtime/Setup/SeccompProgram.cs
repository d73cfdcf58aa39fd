using Devoxx.Native;
using Devoxx.Native.Files;
using Devoxx.Native.Seccomp;
using Devoxx.Oci;
using OciSeccomp = Devoxx.Oci.Seccomp;

namespace Devoxx.Runtime.Setup;

/// <summary>The system call filter of a container: compiled in the parent, loaded by the child.</summary>
internal sealed unsafe class SeccompProgram
{
    private const int SECCOMP_SET_MODE_FILTER = 1, SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;

    /// <summary>Which form of compiled filters this is: one that an older version of this program has left must not be loaded.</summary>
    private const string Form = ".2";

    private readonly byte[] _program;
    private readonly int _flags;

    private SeccompProgram(byte[] program, int flags, bool notifies) => (_program, _flags, HasListener) = (program, flags, notifies);

    /// <summary>Somebody is asked about some calls.</summary>
    public bool HasListener { get; }

    /// <summary>Null when the container has none.</summary>
    public static SeccompProgram? Of(RuntimeSpec spec)
    {
        if (spec.Linux?.Seccomp is not { } seccomp)
        {
            return null;
        }

        var cache = spec.Annotations?.GetValueOrDefault(CommandConfinement.FilterAnnotation) is { } file ? file + Form : null;
        var program = (cache is null ? null : TryRead(cache)) ?? Compile(seccomp, cache);
        return new SeccompProgram(program, Flags(seccomp), Notifies(seccomp));
    }

    private static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static byte[] Compile(OciSeccomp seccomp, string? cache)
    {
        var program = SeccompFilter.Compile(Action(seccomp.DefaultAction, seccomp.DefaultErrnoRet), Architectures(seccomp), Rules(seccomp));
        if (cache is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(cache)!, (UnixFileMode)0b111_000_000);
            AtomicFile.Write(cache, program, durable: false);
        }

        return program;
    }

    /// <summary>A copy in the child's memory: struct sock_fprog, how many instructions, where.</summary>
    public nint CopyTo(OperationList operations)
    {
        var memory = operations.Allocate(_program.Length);
        _program.CopyTo(new Span<byte>((void*)memory, _program.Length));
        var header = (nint*)operations.Allocate(2 * sizeof(nint));
        *(ushort*)header = (ushort)(_program.Length / 8);
        header[1] = memory;
        return (nint)header;
    }

    public void Load(OperationList operations, ChildDescriptors fds)
    {
        var header = CopyTo(operations);
        var flags = _flags | (HasListener ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0);
        var listener = operations.NewSlot();
        operations.Syscall(
            Nr.seccomp, "seccomp", $"{_program.Length / 8} instructions", "SECCOMP_SET_MODE_FILTER", SECCOMP_SET_MODE_FILTER, flags, header).Into(listener);
        if (HasListener)
        {
            // The parent takes a copy of the descriptor and gives it to who listens.
            ChildReport.Await(operations, fds.Errors, fds.Resume, ChildStage.SeccompListener, listener);
            operations.Syscall(Nr.close, "close", "seccomp listener", null, listener);
        }
    }

    /// <summary>Whether somebody is asked about calls; the calls that the child itself needs to say so cannot be among them.</summary>
    public static bool Notifies(OciSeccomp? seccomp)
    {
        if (seccomp is null)
        {
            return false;
        }

        var asks = false;
        foreach (var syscall in seccomp.Syscalls ?? [])
        {
            if (syscall.Action != Notify)
            {
                continue;
            }

            asks = true;
            foreach (var name in syscall.Names)
            {
                // A read waits until whoever listens lets it happen: the parent does its part before that.
                if (name == "write")
                {
                    throw new SetupException($"linux.seccomp: {Notify} cannot be used for the write syscall: the runtime needs it to hand the listener over");
                }
            }
        }

        return seccomp.DefaultAction == Notify ? throw new SetupException($"linux.seccomp: {Notify} cannot be the default action")
            : !asks ? false
            : seccomp.ListenerPath is { Length: > 0 } ? true
            : throw new SetupException($"linux.seccomp: {Notify} needs a listenerPath");
    }

    private const string Notify = "SCMP_ACT_NOTIFY";

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
            Notify => SeccompAction.Notify,
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
                "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" => 0x20,
                _ => throw new SetupException($"linux.seccomp: flag '{flag}' is not supported"),
            };
        }

        return flags;
    }
}
