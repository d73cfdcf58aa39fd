using System.Text;
using Devoxx.Native;
using Devoxx.Native.Failpoints;
using Devoxx.Runtime.Launch;
using static Devoxx.Runtime.Setup.Linux;

namespace Devoxx.Runtime.Monitor;

/// <summary>
/// The log of one container: appended to, and rotated by size (<c>log</c> → <c>log.1</c> → …). It never throws and never waits: on a full disk what
/// cannot be written is counted, and the loss is noted in the log as soon as it can be written again.
/// </summary>
internal sealed unsafe class LogFile : IDisposable
{
    private readonly string _path;
    private readonly byte[] _pathBytes;
    private readonly long _maxSize;
    private readonly int _maxFiles;
    private readonly LogClock _clock;
    private int _fd = -1;
    private (long Device, long Inode) _file;
    private long _lost;
    private bool _cutShort;

    /// <param name="maxSize">Bytes per file; 0 is unlimited.</param>
    /// <param name="maxFiles">Files in all, the current one included.</param>
    public LogFile(string path, long maxSize, int maxFiles, LogClock clock)
    {
        (_path, _maxSize, _maxFiles, _clock) = (path, maxSize, Math.Max(1, maxFiles), clock);
        _pathBytes = Encoding.UTF8.GetBytes(path + "\0");
        Open();
    }

    /// <summary>Bytes in the current file.</summary>
    public long Size { get; private set; }

    /// <summary>How many more bytes the current file may take before <see cref="Rotate"/>.</summary>
    public long Room => _maxSize <= 0 ? long.MaxValue : _maxSize - Size;

    /// <summary>Appends whole lines.</summary>
    public void Append(byte* bytes, int length)
    {
        if (length == 0)
        {
            return;
        }

        ReopenIfReplaced();
        if (_lost > 0 && !TryNoteLoss())
        {
            _lost += length;
            return;
        }

        Write(bytes, length);
    }

    /// <summary>Starts a new file. Called only between lines.</summary>
    public void Rotate()
    {
        FileDescriptor.Close(_fd);
        _fd = -1;
        Failpoint.Reach("log.rotate.before");
        for (var n = _maxFiles - 1; n >= 1; n--)
        {
            Rename(n == 1 ? _path : $"{_path}.{n - 1}", $"{_path}.{n}");
        }

        if (_maxFiles == 1)
        {
            fixed (byte* path = _pathBytes)
            {
                RawSyscall.Invoke(Nr.unlink, (nint)path);
            }
        }

        Failpoint.Reach("log.rotate.after");
        Open();
    }

    public void Dispose() => FileDescriptor.Close(_fd);

    private void Open()
    {
        fixed (byte* path = _pathBytes)
        {
            var fd = (int)RawSyscall.Invoke(Nr.openat, AT_FDCWD, (nint)path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0x1a0 /* 0640 */);
            _fd = fd;
        }

        // struct stat of x86-64: st_dev and st_ino are its first two words.
        var stat = stackalloc long[18];
        byte empty = 0;
        _file = RawSyscall.Invoke(Nr.newfstatat, _fd, (nint)(&empty), (nint)stat, AT_EMPTY_PATH) == 0 ? (stat[0], stat[1]) : default;
        const int SEEK_END = 2;
        Size = _fd < 0 ? 0 : Math.Max(0, RawSyscall.Invoke(Nr.lseek, _fd, 0, SEEK_END));
        _cutShort = false;
    }

    // Removed, or moved away by somebody who rotates logs: what has its name now is another file, or none.
    private void ReopenIfReplaced()
    {
        if (_fd >= 0)
        {
            var stat = stackalloc long[18];
            fixed (byte* path = _pathBytes)
            {
                if (RawSyscall.Invoke(Nr.newfstatat, AT_FDCWD, (nint)path, (nint)stat, AT_SYMLINK_NOFOLLOW) == 0 && (stat[0], stat[1]) == _file)
                {
                    return;
                }
            }

            FileDescriptor.Close(_fd);
        }

        Open();
    }

    private bool Write(byte* bytes, int length)
    {
        for (var done = 0; done < length;)
        {
            var written = _fd < 0 ? -ENOENT : RawSyscall.Invoke(Nr.write, _fd, (nint)(bytes + done), length - done);
            if (written > 0)
            {
                done += (int)written;
                Size += written;
            }
            else if (written != -EINTR)
            {
                _lost += length - done;
                _cutShort = bytes[Math.Max(0, done - 1)] != (byte)'\n' && done > 0;
                return false;
            }
        }

        return true;
    }

    private bool TryNoteLoss()
    {
        var lost = _lost;
        var note = Encoding.ASCII.GetBytes(
            $"{(_cutShort ? "\n" : "")}{Encoding.ASCII.GetString(_clock.Now())} stderr F devoxx-runtime: {lost} bytes of log lost, the log could not be written\n");
        _lost = 0;
        fixed (byte* bytes = note)
        {
            if (Write(bytes, note.Length))
            {
                return true;
            }
        }

        _lost = lost;
        return false;
    }

    private static void Rename(string from, string to)
    {
        fixed (byte* f = Encoding.UTF8.GetBytes(from + "\0"))
        fixed (byte* t = Encoding.UTF8.GetBytes(to + "\0"))
        {
            RawSyscall.Invoke(Nr.rename, (nint)f, (nint)t);
        }
    }
}
