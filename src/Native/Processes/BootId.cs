namespace Devoxx.Native.Processes;

/// <summary>Names this boot of the machine (<c>/proc/sys/kernel/random/boot_id</c>, random(4)): pids and start times of another boot mean nothing.</summary>
public static class BootId
{
    private static string? _current;

    /// <summary>A UUID in lower case.</summary>
    public static unsafe string Current
    {
        get
        {
            if (_current is not null)
            {
                return _current;
            }

            Span<byte> text = stackalloc byte[64];
            var length = ProcessStat.ReadFile("/proc/sys/kernel/random/boot_id", text);
            if (length < 0)
            {
                throw new LinuxException("open", -length, "/proc/sys/kernel/random/boot_id");
            }

            return _current = System.Text.Encoding.ASCII.GetString(text[..length].TrimEnd((byte)'\n'));
        }
    }
}
