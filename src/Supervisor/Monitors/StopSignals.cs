using System.Globalization;
using Devoxx.Native;

namespace Devoxx.Supervisor.Monitors;

/// <summary>
/// Whether a signal can end a container's first process at all. To the first process of a pid namespace the kernel delivers
/// only signals that it handles or blocks (pid_namespaces(7)): the <c>sleep</c> or <c>sh</c> that others wait ten seconds for.
/// </summary>
public static class StopSignals
{
    /// <summary>A program this old has set its handlers, or never will.</summary>
    public static readonly TimeSpan TimeToSetHandlers = TimeSpan.FromSeconds(1);

    /// <summary>False only if the process is there and surely ignores the signal.</summary>
    public static bool IsHandled(int pid, int signal)
    {
        try
        {
            var process = "/proc/" + pid.ToString(CultureInfo.InvariantCulture);
            return IsHandled(File.ReadAllText(process + "/status"), signal) || IsAwaitingSignals(process);
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>
    /// An init that takes its signals by sigtimedwait(2), ours and tini for two: while it waits, the kernel shows none of them as blocked, and
    /// delivers them all the same (kernel/signal.c, <c>real_blocked</c>).
    /// </summary>
    /// <exception cref="IOException">There is no such process any more.</exception>
    private static bool IsAwaitingSignals(string process) => IsAwaitingSignals(
        File.Exists(process + "/syscall") ? File.ReadAllText(process + "/syscall") : "", File.Exists(process + "/wchan") ? File.ReadAllText(process + "/wchan") : "");

    /// <param name="syscall">As in proc_pid_syscall(5): the call's number first.</param>
    /// <param name="waitsIn">As in proc_pid_wchan(5): where in the kernel it sleeps.</param>
    public static bool IsAwaitingSignals(string syscall, string waitsIn) =>
        syscall.Split(' ')[0] == Nr.rt_sigtimedwait.ToString(CultureInfo.InvariantCulture) || waitsIn.Contains("sigtimedwait", StringComparison.Ordinal);

    /// <summary>Reads <c>SigBlk</c> and <c>SigCgt</c> of a proc_pid_status(5), where bit 0 is signal 1. Of a zombie, whose end has not been heard of yet, true.</summary>
    public static bool IsHandled(string status, int signal) =>
        status.Contains("\nState:\tZ", StringComparison.Ordinal) || ((Mask(status, "SigBlk:") | Mask(status, "SigCgt:")) & (1UL << (signal - 1))) != 0;

    private static ulong Mask(string status, string name)
    {
        var start = status.IndexOf("\n" + name, StringComparison.Ordinal);
        if (start < 0)
        {
            return ulong.MaxValue;
        }

        var line = status.AsSpan(start + 1 + name.Length);
        var end = line.IndexOf('\n');
        return ulong.Parse((end < 0 ? line : line[..end]).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
