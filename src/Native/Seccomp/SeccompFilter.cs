namespace Devoxx.Native.Seccomp;

/// <summary>Compiles rules to the program that seccomp(2) takes, by libseccomp.</summary>
public static unsafe class SeccompFilter
{
    /// <summary>Whether the library is there.</summary>
    public static bool IsAvailable => LibSeccomp.Instance is not null;

    /// <summary>An array of struct sock_filter, 8 bytes each.</summary>
    /// <param name="architectures">Names as libseccomp has them (<c>x86_64</c>, <c>x86</c>) beside the machine's own.</param>
    /// <param name="rules">Names of calls that this architecture or library does not have are left out: there is nothing to filter then.</param>
    /// <exception cref="DllNotFoundException">libseccomp is not installed.</exception>
    /// <exception cref="LinuxException">It does not take a rule.</exception>
    public static byte[] Compile(uint defaultAction, IReadOnlyList<string> architectures, IReadOnlyList<SeccompRule> rules)
    {
        var library = LibSeccomp.Instance ?? throw new DllNotFoundException("linux.seccomp needs libseccomp, and libseccomp.so.2 is not installed");
        var context = library.Init(defaultAction);
        if (context == null)
        {
            throw new LinuxException("seccomp_init", 22, $"{defaultAction:x}");
        }

        try
        {
            const int SCMP_FLTATR_ACT_BADARCH = 2, SCMP_FLTATR_CTL_NNP = 3, SCMP_FLTATR_CTL_OPTIMIZE = 8, BinaryTree = 2;
            library.AttrSet(context, SCMP_FLTATR_CTL_NNP, 0);
            library.AttrSet(context, SCMP_FLTATR_ACT_BADARCH, SeccompAction.KillProcess);

            // A tree in place of a list of comparisons; libraries before 2.5 do not know it, and make the list.
            library.AttrSet(context, SCMP_FLTATR_CTL_OPTIMIZE, BinaryTree);
            foreach (var name in architectures)
            {
                Add(library, context, name);
            }

            foreach (var rule in rules)
            {
                Add(library, context, rule, defaultAction);
            }

            var program = Export(library, context);
            return Refuses(defaultAction) ? UnknownCalls.Before(program, Newest(library, architectures, rules)) : program;
        }
        finally
        {
            library.Release(context);
        }
    }

    // What allows by default, or says itself that there is no such call, needs nothing said of calls that it does not know.
    private static bool Refuses(uint defaultAction)
    {
        const uint ENOSYS = 38;
        return defaultAction is not (SeccompAction.Allow or SeccompAction.Log) && defaultAction != SeccompAction.Errno(ENOSYS);
    }

    private static Dictionary<uint, int> Newest(LibSeccomp library, IReadOnlyList<string> architectures, IReadOnlyList<SeccompRule> rules)
    {
        // x32 calls are told by a bit of their number, not by the architecture.
        const uint X32 = 0x4000003e;
        var newest = new Dictionary<uint, int>();
        foreach (var architecture in architectures.Select(library.ArchResolveName).Append(library.ArchNative()).Where(token => token != X32).Distinct())
        {
            var last = rules.SelectMany(rule => rule.Names).Max(name => (int?)library.SyscallResolveNameArch(architecture, name));
            if (last > 0)
            {
                newest.Add(architecture, last.Value);
            }
        }

        return newest;
    }

    private static void Add(LibSeccomp library, void* context, string architecture)
    {
        const int EEXIST = 17, EINVAL = 22;
        var token = library.ArchResolveName(architecture);
        var result = token == 0 ? -EINVAL : library.ArchAdd(context, token);
        if (result < 0 && result != -EEXIST)
        {
            throw new LinuxException("seccomp_arch_add", -result, architecture);
        }
    }

    private static void Add(LibSeccomp library, void* context, SeccompRule rule, uint defaultAction)
    {
        // The library refuses a rule that says what is said anyway.
        if (rule.Action == defaultAction)
        {
            return;
        }

        var comparisons = new LibSeccomp.ArgumentComparison[rule.Comparisons.Count];
        for (var i = 0; i < comparisons.Length; i++)
        {
            var given = rule.Comparisons[i];
            comparisons[i] = new() { Argument = given.Argument, Operator = given.Operator, First = given.First, Second = given.Second };
        }

        foreach (var name in rule.Names)
        {
            var call = library.SyscallResolveName(name);
            if (call == LibSeccomp.NoSuchCall)
            {
                continue;
            }

            // Two comparisons of one argument cannot be joined by "and" in one rule; then each is a rule of its own, as runc has it.
            if (HasArgumentTwice(comparisons))
            {
                foreach (var comparison in comparisons)
                {
                    Check(library.RuleAddArray(context, rule.Action, call, [comparison]), name);
                }
            }
            else
            {
                Check(library.RuleAddArray(context, rule.Action, call, comparisons), name);
            }
        }
    }

    private static bool HasArgumentTwice(LibSeccomp.ArgumentComparison[] comparisons)
    {
        for (var i = 0; i < comparisons.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (comparisons[i].Argument == comparisons[j].Argument)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static void Check(int result, string name)
    {
        if (result < 0)
        {
            throw new LinuxException("seccomp_rule_add", -result, name);
        }
    }

    private static byte[] Export(LibSeccomp library, void* context)
    {
        const int MFD_CLOEXEC = 1;
        nint fd;
        fixed (byte* name = "seccomp\0"u8)
        {
            fd = RawSyscall.Invoke(Nr.memfd_create, (nint)name, MFD_CLOEXEC);
        }

        if (fd < 0)
        {
            throw new LinuxException("memfd_create", (int)-fd);
        }

        using var file = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
        var result = library.ExportBpf(context, (int)fd);
        if (result < 0)
        {
            throw new LinuxException("seccomp_export_bpf", -result);
        }

        var program = new byte[file.Length];
        file.Position = 0;
        file.ReadExactly(program);
        return program;
    }
}
