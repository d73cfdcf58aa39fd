namespace Devoxx.Native;

/// <summary>
/// A system call that failed: which call, on what, with which flags, and why. Its message reads
/// <c>mount /srv/data on /data (MS_BIND|MS_REC): EPERM, operation not permitted</c>.
/// </summary>
public sealed class LinuxException : IOException
{
    /// <param name="syscall">The call as its man page names it, e.g. <c>mount</c>.</param>
    /// <param name="errno">The error number, positive.</param>
    /// <param name="subject">Path, fd or process that the call was about.</param>
    /// <param name="flags">Symbolic flags, joined by <c>|</c>.</param>
    public LinuxException(string syscall, int errno, string? subject = null, string? flags = null)
        : base(Describe(syscall, errno, subject, flags))
    {
        Syscall = syscall;
        Errno = errno;
        Subject = subject;
        Flags = flags;
    }

    public string Syscall { get; }

    public int Errno { get; }

    public string ErrnoName => Native.Errno.Name(Errno);

    public string? Subject { get; }

    public string? Flags { get; }

    /// <summary>The message without a stack: also what <c>devoxx-runtime</c> prints of a failure in the child.</summary>
    public static string Describe(string syscall, int errno, string? subject, string? flags) =>
        syscall + (subject is null ? "" : " " + subject) + (flags is null ? "" : $" ({flags})")
        + ": " + Native.Errno.Name(errno) + ", " + Native.Errno.Text(errno);
}
