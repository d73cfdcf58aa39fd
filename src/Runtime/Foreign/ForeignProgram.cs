using Devoxx.Native;
using Devoxx.Oci;
using Devoxx.Runtime.Setup;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Foreign;

/// <summary>The flat program of a child that becomes another runtime: what that one cannot do for itself, then its execve.</summary>
internal static class ForeignProgram
{
    /// <summary>Nothing of ours is its business; a search path is, for helpers such as newuidmap.</summary>
    private static readonly string[] Environment = ["PATH=" + CommandPath.Default];

    /// <param name="runtime">What to become.</param>
    /// <param name="command">Its arguments, its own name first.</param>
    /// <param name="fds">Standard descriptors, and the cgroup to be in.</param>
    /// <param name="root">The root that it is to find, made in the child's own mount namespace; null: the child has none of its own.</param>
    public static OperationList Build(ForeignRuntime runtime, IReadOnlyList<string> command, ChildDescriptors fds, ForeignRoot? root)
    {
        var operations = new OperationList();
        operations.Failpoint("foreign.born");
        ChildReport.Begin(operations, fds);
        ContainerProgram.JoinCgroup(operations, fds.CgroupTasks);
        root?.Mount(operations);
        foreach (var (source, target) in new[] { (fds.Stdin, 0), (fds.Stdout, 1), (fds.Stderr, 2) })
        {
            if (source >= 0)
            {
                operations.Syscall(Nr.dup3, "dup3", $"fd {source} to {target}", null, source, target, 0);
            }
        }

        operations.Syscall(
            Nr.close_range, "close_range", null, "CLOSE_RANGE_CLOEXEC", 3 + fds.Preserved, unchecked((nint)uint.MaxValue), CLOSE_RANGE_CLOEXEC).Tolerate(EINVAL, ENOSYS);
        operations.Add(OperationKind.ResetSignals, "rt_sigaction");
        operations.Add(
            OperationKind.Exec, "execve", runtime.Path, null,
            operations.Texts([runtime.Path]), operations.Texts(command), operations.Texts(Environment));
        return operations;
    }
}
