using System.Globalization;

namespace Devoxx.Native.Processes;

/// <summary>What a process, and those of its children that it has waited for, have had read from and written to block devices, in bytes: proc_pid_io(5).</summary>
public readonly record struct ProcessIo(long Read, long Written)
{
    /// <summary>Null when there is no such process, or the kernel does not count (CONFIG_TASK_IO_ACCOUNTING).</summary>
    public static ProcessIo? Of(int pid)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/io"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// <code>read_bytes: 323932160
    /// write_bytes: 323932160
    /// cancelled_write_bytes: 0</code>
    /// What was cut off before it was written has not been.
    /// </summary>
    public static ProcessIo Parse(string text)
    {
        long read = 0, written = 0;
        foreach (var line in text.Split('\n'))
        {
            if (line.Split(": ") is not [var name, var value] || !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            {
                continue;
            }

            read += name == "read_bytes" ? bytes : 0;
            written += name switch { "write_bytes" => bytes, "cancelled_write_bytes" => -bytes, _ => 0 };
        }

        return new ProcessIo(read, Math.Max(0, written));
    }

    /// <summary>Of all of them together; null when nothing is known of any.</summary>
    public static ProcessIo? Of(IEnumerable<int> pids)
    {
        var known = pids.Select(Of).OfType<ProcessIo>().ToList();
        return known.Count == 0 ? null : new ProcessIo(known.Sum(each => each.Read), known.Sum(each => each.Written));
    }
}
