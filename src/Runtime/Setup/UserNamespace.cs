using Devoxx.Native;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Setup;

/// <summary>What the child does once it is in the container's user namespace (user_namespaces(7)).</summary>
internal static class UserNamespace
{
    /// <summary>
    /// Root of the namespace: until then the child is a user that may not be mapped there, and could make no file. The change makes a process undumpable,
    /// and its /proc files the host root's; nobody else is in the container yet who could trace it.
    /// </summary>
    public static void BecomeRoot(OperationList operations)
    {
        operations.Syscall(Nr.setresgid, "setgid", "0 in the user namespace", null, 0, 0, 0);
        operations.Syscall(Nr.setresuid, "setuid", "0 in the user namespace", null, 0, 0, 0);
        operations.Syscall(Nr.prctl, "prctl", null, "PR_SET_DUMPABLE", PR_SET_DUMPABLE, 1);
    }
}
