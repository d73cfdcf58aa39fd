using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace Devoxx.Native.Processes;

/// <summary>
/// The fields of <c>/proc/&lt;pid&gt;/stat</c> that identify a process (proc_pid_stat(5)):
/// <code>1234 (a) name) S 1 1234 1234 0 -1 4194560 … 22nd field: start time in clock ticks since boot</code>
/// </summary>
/// <param name="State">R S D Z T t X …</param>
/// <param name="ParentPid">0 when the parent lives in another pid namespace.</param>
/// <param name="StartTime">Clock ticks after boot.</param>
/// <param name="Session">The pid of the process that made its session.</param>
public readonly record struct ProcessStat(char State, int ParentPid, ulong StartTime, int Session = 0)
{
    /// <summary>A zombie or a dead process runs no more code.</summary>
    public bool IsAlive => State is not ('Z' or 'X' or 'x');

    /// <summary>Null when there is no such process.</summary>
    public static ProcessStat? Of(int pid)
    {
        Span<byte> text = stackalloc byte[1024];
        var length = ReadFile($"/proc/{pid}/stat", text);
        const int ENOENT = 2, ESRCH = 3;
        return length switch
        {
            -ENOENT or -ESRCH => null,
            < 0 => throw new LinuxException("read", -length, $"/proc/{pid}/stat"),
            _ => Parse(text[..length]) ?? throw new FormatException($"/proc/{pid}/stat has an unknown form"),
        };
    }

    /// <summary>Null when the line is not one of <c>stat</c>. The name may hold spaces and parentheses: what counts is the last one.</summary>
    public static ProcessStat? Parse(ReadOnlySpan<byte> line)
    {
        var close = line.LastIndexOf((byte)')');
        if (close < 0 || line.Length < close + 3)
        {
            return null;
        }

        var rest = line[(close + 2)..];
        var state = (char)rest[0];
        var (parent, session) = (0, 0);
        for (var field = 3; field <= 22; field++)
        {
            if ((field == 4 && !Utf8Parser.TryParse(rest, out parent, out _)) || (field == 6 && !Utf8Parser.TryParse(rest, out session, out _)))
            {
                return null;
            }

            if (field == 22)
            {
                return Utf8Parser.TryParse(rest, out ulong start, out _) ? new ProcessStat(state, parent, start, session) : null;
            }

            var space = rest.IndexOf((byte)' ');
            if (space < 0)
            {
                return null;
            }

            rest = rest[(space + 1)..];
        }

        return null;
    }

    /// <summary>Reads the beginning of a small file of procfs; a negative result is an error number.</summary>
    internal static unsafe int ReadFile(string path, Span<byte> buffer)
    {
        Span<byte> name = stackalloc byte[128];
        name[Encoding.UTF8.GetBytes(path, name)] = 0;
        fixed (byte* n = name)
        fixed (byte* b = buffer)
        {
            var fd = Libc.open(n, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
            if (fd < 0)
            {
                return -Marshal.GetLastPInvokeError();
            }

            var length = (int)Libc.read(fd, b, (nuint)buffer.Length);
            var errno = Marshal.GetLastPInvokeError();
            _ = Libc.close(fd);
            return length < 0 ? -errno : length;
        }
    }
}
