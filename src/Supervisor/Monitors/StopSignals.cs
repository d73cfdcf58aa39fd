using System.Globalization;

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
            return IsHandled(File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/status"), signal);
        }
        catch (IOException)
        {
            return true;
        }
    }

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
