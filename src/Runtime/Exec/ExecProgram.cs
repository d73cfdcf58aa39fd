using Devoxx.Native;
using Devoxx.Native.Capabilities;
using Devoxx.Native.Namespaces;
using Devoxx.Oci;
using Devoxx.Runtime.Setup;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Exec;

/// <summary>The flat program of a process that joins a running container.</summary>
internal static class ExecProgram
{
    /// <param name="target">A pidfd of the container's first process; the caller is in its pid namespace already.</param>
    /// <param name="root">The container's root as the host sees it, where it has no mount namespace of its own that would bring it along; null where it has.</param>
    public static OperationList Build(RuntimeSpec spec, Process process, int target, ChildDescriptors fds, CapabilitySets held, string? root = null)
    {
        var operations = new OperationList();
        ChildReport.Begin(operations, fds);
        if (process.ExecCpuAffinity is { Initial: { Length: > 0 } initial })
        {
            ProcessAttributes.SetAffinity(operations, initial);
        }

        ContainerProgram.JoinCgroup(operations, fds.CgroupTasks);
        fds.CloseOthers(operations, target);
        MemoryPolicies.Set(operations, spec.Linux?.MemoryPolicy);
        if (process.ExecCpuAffinity is null)
        {
            ProcessAttributes.ResetAffinity(operations);
        }

        if (process.ExecCpuAffinity is { Final: { Length: > 0 } final })
        {
            ProcessAttributes.SetAffinity(operations, final);
        }

        operations.Syscall(Nr.setsid, "setsid").Tolerate(EPERM);
        if (process.OomScoreAdj is { } adjustment)
        {
            var settings = new KernelSettings(operations);
            settings.SetOomScoreAdjustment(adjustment);
            settings.Close();
        }

        var labels = SecurityLabels.Open(operations, process, null);
        var namespaces = new NamespacePlan(spec.Linux?.Namespaces);
        var flags = (namespaces.New | namespaces.JoinedFlags) & ~CloneFlags.CLONE_NEWPID;
        operations.Syscall(
            Nr.setns, "setns", "container", flags.ToString().Replace(", ", "|", StringComparison.Ordinal), target, (nint)(ulong)flags);
        if (root is not null)
        {
            operations.Syscall(Nr.chroot, "chroot", root, null, operations.Text(root));
            operations.Syscall(Nr.chdir, "chdir", "/", null, operations.Text("/"));
        }

        if (namespaces.HasUser)
        {
            operations.Syscall(Nr.setresgid, "setgid", "0 in the user namespace", null, 0, 0, 0);
            operations.Syscall(Nr.setresuid, "setuid", "0 in the user namespace", null, 0, 0, 0);
        }

        Argument? terminal = null;
        if (process.Terminal && fds.ConsoleSocket >= 0)
        {
            var inside = operations.NewSlot();
            operations.Syscall(Nr.openat, "open", "/", "O_PATH|O_DIRECTORY", AT_FDCWD, operations.Text("/"), O_PATH | O_DIRECTORY | O_CLOEXEC).Into(inside);
            terminal = ContainerConsole.Open(operations, inside, fds.ConsoleSocket, process.ConsoleSize, fds.EndsLinesPlainly);
            operations.Syscall(Nr.close, "close", "/", null, inside);
        }

        CommandOperations.Build(operations, process, fds, terminal, namespaces.HasUser ? CapabilityChoice.OfNamespaceRoot : held, new CommandConfinement(spec, labels));
        return operations;
    }
}
