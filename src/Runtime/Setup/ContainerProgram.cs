using Devoxx.Native;
using Devoxx.Native.Capabilities;
using Devoxx.Native.Namespaces;
using Devoxx.Oci;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>Turns config.json into the flat program of the child that becomes the container.</summary>
internal static unsafe class ContainerProgram
{
    /// <summary>Asks for the built-in init as process 1.</summary>
    public const string InitAnnotation = "org.devoxx.init";

    /// <param name="bundle">Absolute path of the bundle.</param>
    /// <param name="dieWithParent">The container ends when the thread that made it does (PR_SET_PDEATHSIG).</param>
    /// <param name="hasMountDescriptors">See <see cref="Native.Mounts.MountApi"/>.</param>
    public static OperationList Build(
        RuntimeSpec spec, string bundle, NamespacePlan namespaces, ChildDescriptors fds, CapabilitySets held, bool dieWithParent, bool hasMountDescriptors,
        string? keyring = null, bool noPivot = false)
    {
        var process = Validate(spec);
        RequireNamespaces(spec.Linux, namespaces);
        var operations = new OperationList();
        operations.Failpoint("child.born");
        ChildReport.Begin(operations, fds);
        if (namespaces.IsNew(CloneFlags.CLONE_NEWUSER))
        {
            ChildReport.Await(operations, fds.Errors, fds.Resume, ChildStage.MapIds);
        }

        JoinCgroup(operations, fds.CgroupTasks);
        operations.Failpoint("child.in-cgroup");
        fds.CloseOthers(operations);
        ProcessAttributes.ResetAffinity(operations);
        MemoryPolicies.Set(operations, spec.Linux?.MemoryPolicy);
        operations.Syscall(Nr.setsid, "setsid").Tolerate(EPERM);
        namespaces.Join(operations);
        if (namespaces.HasUser)
        {
            UserNamespace.BecomeRoot(operations);
        }

        if (namespaces.AfterJoin is not 0 and var later)
        {
            operations.Syscall(Nr.unshare, "unshare", null, later.ToString().Replace(", ", "|", StringComparison.Ordinal), (nint)(ulong)later);
        }

        if (namespaces.Forks)
        {
            operations.Add(OperationKind.ForkOnce, "clone", "the first process of the pid namespace", "CLONE_PARENT");
            operations.Add(OperationKind.AwaitParent, "read", "the runtime's answer", null, fds.Resume);
            operations.Syscall(Nr.setsid, "setsid");
        }

        if (namespaces.IsNew(CloneFlags.CLONE_NEWCGROUP))
        {
            operations.Syscall(Nr.unshare, "unshare", null, "CLONE_NEWCGROUP", (nint)(ulong)CloneFlags.CLONE_NEWCGROUP);
        }

        if (namespaces.IsNew(CloneFlags.CLONE_NEWTIME))
        {
            TimeNamespace.Build(operations, spec.Linux?.TimeOffsets);
        }

        if (spec.Linux?.NetDevices is { Count: > 0 })
        {
            ChildReport.Await(operations, fds.Errors, fds.Resume, ChildStage.NetDevices);
        }

        SetNames(operations, spec, namespaces);
        if (namespaces.IsNew(CloneFlags.CLONE_NEWNET))
        {
            RaiseLoopback(operations);
        }

        SetKernelSettings(operations, spec, process, namespaces);
        var labels = SecurityLabels.Open(operations, process, spec.Linux?.MountLabel);
        if (keyring is not null)
        {
            operations.Syscall(Nr.keyctl, "keyctl", keyring, "KEYCTL_JOIN_SESSION_KEYRING", KEYCTL_JOIN_SESSION_KEYRING, operations.Text(keyring))
                .Tolerate(ENOSYS, EDQUOT);
        }

        // The nodes and directories made get exactly the mode they are given.
        operations.Syscall(Nr.umask, "umask", "0", null, 0);
        var root = new RootOperations(operations, hasMountDescriptors);
        var filesystem = new RootFilesystem(root, spec, bundle, namespaces, fds);
        filesystem.Build();
        operations.Failpoint("child.root-built");
        Argument? terminal = null;
        if (process.Terminal && fds.ConsoleSocket >= 0)
        {
            terminal = ContainerConsole.Open(operations, root.Root, fds.ConsoleSocket, process.ConsoleSize, fds.EndsLinesPlainly);
            ContainerConsole.Bind(root, terminal.Value);
        }

        filesystem.CloseForWriting();
        if (HookOperations.Concern(spec.Hooks))
        {
            ChildReport.Await(operations, fds.Errors, fds.Resume, ChildStage.Hooks);
            if (spec.Hooks is { CreateContainer.Count: > 0 })
            {
                // Such hooks find the root, which has no path that all of them know, in their working directory (as with runc).
                operations.Syscall(Nr.fchdir, "fchdir", "new root", null, root.Root);
            }

            HookOperations.Build(operations, "createContainer", spec.Hooks!.CreateContainer, fds.CreatingState);
        }

        filesystem.Enter(noPivot);
        operations.Failpoint("child.root-entered");
        root.Close(root.Root);
        CommandOperations.Build(operations, process, fds, terminal, namespaces.HasUser ? CapabilityChoice.OfNamespaceRoot : held, new CommandConfinement(spec, labels, spec.Hooks?.StartContainer)
        {
            DiesWithParent = dieWithParent, UnderInit = spec.Annotations?.GetValueOrDefault(InitAnnotation) == "true",
        });
        return operations;
    }

    /// <summary>
    /// A process that writes itself into v1's <c>tasks</c> moves without the wait for other processors that a move from outside costs (about 10 ms
    /// for each hierarchy).
    /// </summary>
    public static void JoinCgroup(OperationList operations, IReadOnlyList<int> tasks)
    {
        var self = operations.Text("0");
        foreach (var fd in tasks)
        {
            operations.Syscall(Nr.write, "write", $"0 to cgroup tasks (fd {fd})", null, fd, self, 1);
        }
    }

    private static Process Validate(RuntimeSpec spec)
    {
        var process = spec.Process ?? throw new SetupException("config.json has no process");
        if (process.Args is null or [])
        {
            throw new SetupException("config.json: process.args is empty");
        }

        if (!process.Cwd.StartsWith('/'))
        {
            throw new SetupException($"config.json: process.cwd '{process.Cwd}' is not absolute");
        }

        if (!string.IsNullOrEmpty(spec.Domainname) && spec.Linux?.Sysctl?.GetValueOrDefault("kernel.domainname") is { } other && other != spec.Domainname)
        {
            throw new SetupException($"config.json: domainname says '{spec.Domainname}', the sysctl kernel.domainname '{other}'");
        }

        foreach (var limits in (process.Rlimits ?? []).GroupBy(limit => limit.Type).Where(limits => limits.Count() > 1))
        {
            throw new SetupException($"config.json: process.rlimits has {limits.Key} twice");
        }

        ProcessAttributes.RequireEveryProcessor(process.Scheduler, spec.Linux?.Resources?.Cpu?.Cpus);
        if (spec.Linux?.IntelRdt is not null)
        {
            throw new SetupException("linux.intelRdt is not supported");
        }

        return process;
    }

    /// <summary>What is said of a namespace that the container does not have would be left out, and who reads config.json would think it is in force.</summary>
    private static void RequireNamespaces(LinuxSpec? linux, NamespacePlan namespaces)
    {
        if (!namespaces.HasUser && (linux?.UidMappings is { Count: > 0 } || linux?.GidMappings is { Count: > 0 }))
        {
            throw new SetupException("linux.uidMappings and gidMappings need a user namespace, which linux.namespaces does not have");
        }

        if (!namespaces.Has("mount") && (linux?.MaskedPaths is { Count: > 0 } || linux?.ReadonlyPaths is { Count: > 0 }))
        {
            throw new SetupException("linux.maskedPaths and readonlyPaths need a mount namespace, which linux.namespaces does not have");
        }

        if (linux?.TimeOffsets is { Count: > 0 } && !namespaces.IsNew(CloneFlags.CLONE_NEWTIME))
        {
            throw new SetupException("linux.timeOffsets needs a new time namespace, which linux.namespaces does not have");
        }
    }

    private static void SetNames(OperationList operations, RuntimeSpec spec, NamespacePlan namespaces)
    {
        foreach (var (number, call, name) in new[] { (Nr.sethostname, "sethostname", spec.Hostname), (Nr.setdomainname, "setdomainname", spec.Domainname) })
        {
            if (string.IsNullOrEmpty(name))
            {
                continue;
            }

            if (!namespaces.Has("uts"))
            {
                throw new SetupException($"{call} {name}: the container has no uts namespace of its own, it would rename the host");
            }

            operations.Syscall(number, call, name, null, operations.Text(name), System.Text.Encoding.UTF8.GetByteCount(name));
        }
    }

    private static void RaiseLoopback(OperationList operations)
    {
        var socket = operations.NewSlot();

        // struct ifreq: 16 bytes of name, then the flags.
        var request = (byte*)operations.Allocate(40);
        (request[0], request[1]) = ((byte)'l', (byte)'o');
        *(short*)(request + 16) = IFF_UP | IFF_RUNNING;
        operations.Syscall(Nr.socket, "socket", null, "AF_INET", AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0).Into(socket);
        operations.Syscall(Nr.ioctl, "ioctl", "lo", "SIOCSIFFLAGS", socket, SIOCSIFFLAGS, request);
        operations.Syscall(Nr.close, "close", "socket", null, socket);
    }

    private static void SetKernelSettings(OperationList operations, RuntimeSpec spec, Process process, NamespacePlan namespaces)
    {
        var sysctls = spec.Linux?.Sysctl;
        if (process.OomScoreAdj is null && sysctls is null or { Count: 0 })
        {
            return;
        }

        var settings = new KernelSettings(operations);
        foreach (var (name, value) in sysctls ?? new Dictionary<string, string>())
        {
            SysctlRules.RequireNamespaced(name, namespaces.Has);
            settings.SetSysctl(name, value);
        }

        if (process.OomScoreAdj is { } adjustment)
        {
            settings.SetOomScoreAdjustment(adjustment);
        }

        settings.Close();
    }
}
