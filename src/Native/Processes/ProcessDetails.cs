using System.Globalization;
using System.Text;

namespace Devoxx.Native.Processes;

/// <summary>What <c>ps -ef</c> shows of a process, from procfs (proc_pid_stat(5), proc_pid_status(5), proc_pid_cmdline(5)).</summary>
/// <param name="Terminal">Device number of its controlling terminal; 0: none.</param>
/// <param name="CpuTime">User and system time used.</param>
/// <param name="SinceBoot">When it started, as time since boot.</param>
/// <param name="Command">Its arguments, or its name in brackets when it has none.</param>
public sealed record ProcessDetails(int Pid, int ParentPid, uint Uid, int Terminal, TimeSpan CpuTime, TimeSpan SinceBoot, string Command)
{
    /// <summary>Null when there is no such process.</summary>
    public static ProcessDetails? Of(int pid)
    {
        var directory = "/proc/" + pid.ToString(CultureInfo.InvariantCulture);
        try
        {
            return Parse(pid, File.ReadAllText(directory + "/stat"), File.ReadAllText(directory + "/status"), File.ReadAllText(directory + "/cmdline"));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or IOException { HResult: 3 })
        {
            // ESRCH (3): it ended while it was being read.
            return null;
        }
    }

    /// <summary>From the texts of <c>stat</c>, <c>status</c> and <c>cmdline</c>; null when they are not of a process.</summary>
    public static ProcessDetails? Parse(int pid, string stat, string status, string commandLine)
    {
        var open = stat.IndexOf('(');
        var close = stat.LastIndexOf(')');
        if (open < 0 || close < open)
        {
            return null;
        }

        // From the third field on: state, ppid, pgrp, session, tty_nr, …, utime (14), stime (15), …, starttime (22).
        var fields = stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 20)
        {
            return null;
        }

        var command = commandLine.TrimEnd('\0').Replace('\0', ' ');
        return new ProcessDetails(
            pid,
            Number(fields[1]),
            UidOf(status),
            Number(fields[4]),
            BootClock.Of(ulong.Parse(fields[11], CultureInfo.InvariantCulture) + ulong.Parse(fields[12], CultureInfo.InvariantCulture)),
            BootClock.Of(ulong.Parse(fields[19], CultureInfo.InvariantCulture)),
            command.Length > 0 ? Printable(command) : $"[{stat[(open + 1)..close]}]");
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static uint UidOf(string status)
    {
        // "Uid:" real, effective, saved, file system
        foreach (var line in status.Split('\n'))
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal))
            {
                return uint.Parse(line["Uid:".Length..].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    /// <summary>What a process calls itself must not drive the terminal of who looks.</summary>
    private static string Printable(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            result.Append(char.IsControl(letter) ? '?' : letter);
        }

        return result.ToString();
    }
}
